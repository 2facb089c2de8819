import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { RateLimiter } from '../../platform/rate-limiter.js'
import { ignoreProblem } from '../problem.js'
import { connectRedis, type RedisOptions } from '../redis/connect.js'
import { overBuckets, type Buckets } from './over-buckets.js'

/** Nobody's message waits longer for a counter. */
const ANSWER_WITHIN_MS = 150

export interface RedisRateLimiterOptions extends RedisOptions {
  readonly buckets: Buckets
  readonly factor?: number
}

export interface RedisRateLimiter extends RateLimiter {
  readonly close: () => void
}

/**
 * Limits that all processes share. While Redis is away or slow each process counts by itself, with the same buckets: never
 * open without bound, never closed because Redis is down.
 */
export const redisRateLimiter = ({ url, prefix, buckets, factor = 1, onProblem = ignoreProblem }: RedisRateLimiterOptions): RedisRateLimiter => {
  const redis = connectRedis(url, 'tidings-rate-limiter', ({ doing, error }) => { onProblem({ where: 'rate-limits', doing, error }) }, ANSWER_WITHIN_MS)
  const limiter = overBuckets(buckets, factor, (name, shape) => new RateLimiterRedis({
    storeClient: redis, keyPrefix: `${prefix}rate:${name}`, ...shape, rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory({ keyPrefix: name, ...shape }),
  }))
  return { ...limiter, close: () => { redis.disconnect() } }
}
