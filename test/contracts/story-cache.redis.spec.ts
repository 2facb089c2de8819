import { Redis } from 'ioredis'
import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { expect, it } from 'vitest'
import { redisStoryCache } from '../../adapters/redis/story-cache.js'
import { limits } from '../../events/limits.js'
import { describeWith, freshRedisPrefix } from '../support/services/index.js'
import { until } from '../support/until.js'
import { found, storyCacheContract, storyPostedAt } from './story-cache/index.js'

const HOUR_MS = 3_600_000
/** The contract is about answers, not about a busy machine. */
const PATIENCE_MS = 5_000

const connected = async (url: string, prefix: string) => {
  const cache = redisStoryCache({ url, prefix, limitMs: PATIENCE_MS })
  await until(async () => E.isRight(await cache.find(uuidv7())()))
  return cache
}

describeWith(['redis'], 'Redis', ({ redis }) => {
  storyCacheContract('Redis', async () => {
    const cache = await connected(redis.url, freshRedisPrefix())
    return { cache, close: cache.close }
  })

  it('T8: the end is absolute: a story cached at 23 h has at most 1 h left, and no more when it is kept again', async () => {
    const prefix = freshRedisPrefix()
    const [cache, client] = [await connected(redis.url, prefix), new Redis(redis.url)]
    try {
      const story = storyPostedAt(Date.now() - 23 * HOUR_MS)
      for (const time of ['once', 'again']) {
        expect(E.isRight(await cache.keep(story)()), time).toBe(true)
        expect(await client.pexpiretime(`${prefix}story.${story.storyId}`)).toBe(story.postedAt + limits.storyLifetimeMs)
        const left = await client.pttl(`${prefix}story.${story.storyId}`)
        expect(left).toBeGreaterThan(0)
        expect(left).toBeLessThanOrEqual(HOUR_MS)
      }
    } finally {
      client.disconnect()
      await cache.close()
    }
  })

  it('what is not in the layout of this release is not there', async () => {
    const prefix = freshRedisPrefix()
    const [cache, client] = [await connected(redis.url, prefix), new Redis(redis.url)]
    try {
      const storyId = uuidv7()
      for (const text of ['[2]', '{}', '[1,"a","b","public",5,[]]']) {
        await client.set(`${prefix}story.${storyId}`, text)
        expect(await found(cache, storyId)).toBeUndefined()
      }
    } finally {
      client.disconnect()
      await cache.close()
    }
  })

  it('P5: one that is away answers so at once', async () => {
    const cache = redisStoryCache({ url: 'redis://127.0.0.1:1', prefix: freshRedisPrefix() })
    expect(await cache.find(uuidv7())()).toMatchObject({ left: { _tag: 'Unavailable' } })
    expect(await cache.keep(storyPostedAt(Date.now()))()).toMatchObject({ left: { _tag: 'Unavailable' } })
    await cache.close()
  })
})
