import { setTimeout as after } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { redisRateLimiter, type RedisRateLimiter } from '../../adapters/rate-limiter-flexible/redis.js'
import { describeWith, freshRedisPrefix, privateRedis, type Breakable } from '../support/services/index.js'
import { until } from '../support/until.js'
import { allowed, buckets, rateLimiterContract, retryAfterMs } from './rate-limiter/index.js'

const someone = () => ({ account: uuidv7() })

/** Once its connection stands: what two processes draw adds up. */
const connected = async (url: string, prefix = freshRedisPrefix(), factor = 1): Promise<RedisRateLimiter> => {
  const limiter = redisRateLimiter({ url, prefix, buckets, factor })
  await until(async () => {
    const other = redisRateLimiter({ url, prefix, buckets, factor })
    const keys = someone()
    await Promise.all([allowed(limiter, keys, 'message'), after(20)])
    const shared = (await allowed(other, keys, 'message')) === 0
    other.close()
    return shared
  })
  return limiter
}

describeWith(['redis'], 'rate limits in Redis', ({ redis }) => {
  rateLimiterContract('Redis', async (factor) => {
    const limiter = await connected(redis.url, freshRedisPrefix(), factor)
    // Redis keeps its own time, which only going by can be tried.
    return { limiter, pass: async (milliseconds) => { await after(milliseconds) }, close: async () => { limiter.close() } }
  })

  it('processes share the buckets, under their prefix only', async () => {
    const prefix = freshRedisPrefix()
    const [one, two, apart] = [await connected(redis.url, prefix), await connected(redis.url, prefix), await connected(redis.url)]
    const keys = someone()
    expect(await allowed(one, keys, 'message', 12)).toBe(12)
    expect(await allowed(two, keys, 'message')).toBe(8)
    expect(await allowed(apart, keys, 'message')).toBe(20)
    for (const each of [one, two, apart]) each.close()
  })
})

describeWith(['redis'], 'rate limits while Redis fails', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateRedis() })
  afterAll(() => own.stop())

  it('killed: limits go on in each process, neither open nor closed; restarted: they are shared again', async () => {
    const prefix = freshRedisPrefix()
    const [one, two] = [await connected(own.url, prefix), await connected(own.url, prefix)]
    await own.kill()
    const keys = someone()
    expect(await allowed(one, keys, 'message')).toBe(20)
    expect(await retryAfterMs(one, keys, 'message')).toBeLessThanOrEqual(2_001)
    expect(await allowed(two, keys, 'message')).toBe(20)
    await own.restart()
    await until(async () => {
      const next = someone()
      return (await allowed(one, next, 'message')) === 20 && (await allowed(two, next, 'message')) === 0
    })
    one.close()
    two.close()
  })

  it('there from the start or not, the first request is answered', async () => {
    await own.kill()
    const limiter = redisRateLimiter({ url: own.url, prefix: freshRedisPrefix(), buckets })
    expect(await allowed(limiter, someone(), 'message')).toBe(20)
    limiter.close()
    await own.restart()
  })

  it('a Redis that takes commands and never answers delays a request by a moment only', async () => {
    const [limiter, other] = [await connected(own.url), new Redis(own.url)]
    await other.client('PAUSE', 3_000, 'ALL')
    const began = performance.now()
    expect(await allowed(limiter, someone(), 'search')).toBe(2)
    expect(performance.now() - began).toBeLessThan(2_000)
    limiter.close()
    other.disconnect()
  })
})
