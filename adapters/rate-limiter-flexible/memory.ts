import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { RateLimiter } from '../../platform/rate-limiter.js'
import { overBuckets, type Buckets } from './over-buckets.js'

/** Limits of one process; a key is forgotten when its bucket is full again. */
export const memoryRateLimiter = (buckets: Buckets, factor = 1): RateLimiter =>
  overBuckets(buckets, factor, (keyPrefix, shape) => new RateLimiterMemory({ keyPrefix, ...shape }))
