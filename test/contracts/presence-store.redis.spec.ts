import * as E from 'fp-ts/lib/Either.js'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { redisPresenceStore } from '../../adapters/redis/presence-store.js'
import { newId } from '../../platform/identifiers.js'
import { describeWith, freshRedisPrefix, privateRedis, type Breakable } from '../support/services/index.js'
import { until } from '../support/until.js'
import { presenceStoreContract } from './presence-store/index.js'

describeWith(['redis'], 'presence in Redis', ({ redis }) => {
  presenceStoreContract('Redis', async () => {
    const prefix = freshRedisPrefix()
    const [one, other] = [redisPresenceStore({ url: redis.url, prefix }), redisPresenceStore({ url: redis.url, prefix })]
    await until(async () => E.isRight(await one.until([newId()])()) && E.isRight(await other.until([newId()])()))
    return { gateways: [one, other], close: async () => { await Promise.all([one.close(), other.close()]) } }
  })

  it('what is known of an account goes away by itself', async () => {
    const [prefix, account, now] = [freshRedisPrefix(), newId(), Date.now()]
    const store = redisPresenceStore({ url: redis.url, prefix })
    await until(async () => E.isRight(await store.say('one', [account], now)()))
    const other = new Redis(redis.url)
    expect(await other.pexpiretime(`${prefix}presence.${account}`)).toBe(now + 30 * 86_400_000)
    for (let at = 0; at < 20; at += 1) await store.say(`gateway ${at}`, [account], now + at)()
    expect(await other.zcard(`${prefix}presence.${account}`)).toBe(8)
    other.disconnect()
    await store.close()
  })
})

describeWith(['redis'], 'presence in a Redis that fails', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateRedis() })
  afterAll(() => own.stop())

  it('X17: answers that it is unavailable, and is there again when Redis is', async () => {
    const store = redisPresenceStore({ url: own.url, prefix: freshRedisPrefix() })
    const account = newId()
    await until(async () => E.isRight(await store.say('one', [account], 5)()))
    await own.kill()
    await until(async () => E.isLeft(await store.until([account])()))
    expect(await store.say('one', [account], 5)()).toMatchObject({ left: { _tag: 'PresenceUnavailable', retryAfterMs: 1_000 } })
    await own.restart()
    await until(async () => E.isRight(await store.until([account])()))
    await store.close()
  })
})
