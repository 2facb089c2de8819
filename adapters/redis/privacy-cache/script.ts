import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'

/** A Lua script that lies beside this file, run by its digest; a server that does not know it yet is sent the text. */
export const script = (name: string) => {
  const text = readFileSync(new URL(`${name}.lua`, import.meta.url), 'utf8')
  const digest = createHash('sha1').update(text).digest('hex')
  return async (redis: Redis, keys: ReadonlyArray<string>, values: ReadonlyArray<string | number>): Promise<unknown> => {
    try {
      return await redis.evalsha(digest, keys.length, ...keys, ...values)
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
      return redis.eval(text, keys.length, ...keys, ...values)
    }
  }
}
