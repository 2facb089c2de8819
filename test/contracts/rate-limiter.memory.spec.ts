import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { memoryRateLimiter } from '../../adapters/rate-limiter-flexible/memory.js'
import { allowed, buckets, rateLimiterContract, retryAfterMs } from './rate-limiter/index.js'

// The library reads the process's clock: it is stepped here.
beforeAll(() => { vi.useFakeTimers() })
afterAll(() => { vi.useRealTimers() })

rateLimiterContract('memory', async (factor) => ({
  limiter: memoryRateLimiter(buckets, factor),
  pass: async (milliseconds) => { vi.advanceTimersByTime(milliseconds) },
  close: async () => undefined,
}))

it('Retry-After counts down with the clock, and a millisecond before it is refused', async () => {
  const [limiter, keys] = [memoryRateLimiter(buckets), { account: 'one' }]
  await allowed(limiter, keys, 'message')
  expect(await retryAfterMs(limiter, keys, 'message')).toBe(2_001)
  vi.advanceTimersByTime(1_500)
  expect(await retryAfterMs(limiter, keys, 'message')).toBe(501)
  vi.advanceTimersByTime(499)
  expect(await retryAfterMs(limiter, keys, 'message')).toBe(2)
  vi.advanceTimersByTime(2)
  expect(await allowed(limiter, keys, 'message')).toBe(20)
})

it('what is given back as a bucket fills makes it no fuller than full', async () => {
  const limiter = memoryRateLimiter(buckets)
  const [address, flooding] = ['there', { account: 'two', address: 'there' }]
  await allowed(limiter, flooding, 'message')
  vi.advanceTimersByTime(1_999)
  await Promise.all(Array.from({ length: 25 }, () => limiter.consume(flooding, 'message')()))
  vi.advanceTimersByTime(2)
  expect(await allowed(limiter, { address }, 'message')).toBe(50)
})
