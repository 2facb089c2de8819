import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Buckets } from '../../../adapters/rate-limiter-flexible/over-buckets.js'
import type { RateKeys, RateLimiter } from '../../../platform/rate-limiter.js'

export const buckets: Buckets = {
  work: { scope: 'account', points: 20, refillSeconds: 2, costs: { message: 1, search: 8, typing: 0.1 } },
  crowd: { scope: 'address', points: 50, refillSeconds: 2, costs: { message: 1, search: 8 } },
}

export interface OpenRateLimiter {
  readonly limiter: RateLimiter
  /** Lets so much time go by, as the limiter sees it. */
  readonly pass: (milliseconds: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** How many in a row are allowed; at most `most` are tried. */
export const allowed = async ({ consume }: RateLimiter, keys: RateKeys, action: string, most = 1_000): Promise<number> => {
  for (let count = 0; count < most; count += 1) if (E.isLeft(await consume(keys, action)())) return count
  return most
}

export const retryAfterMs = async ({ consume }: RateLimiter, keys: RateKeys, action: string): Promise<number> => {
  const answer = await consume(keys, action)()
  if (E.isRight(answer)) throw new Error('it was allowed')
  return answer.left.retryAfterMs
}

/** What every rate limiter holds. */
export const rateLimiterContract = (name: string, open: (factor?: number) => Promise<OpenRateLimiter>): void => {
  describe(`the rate limiter contract, ${name}`, () => {
    let opened: OpenRateLimiter
    beforeEach(async () => { opened = await open() })
    afterEach(() => opened.close())
    const someone = () => ({ account: uuidv7(), address: uuidv7() })

    it('a full bucket is a burst; what it costs is drawn, not one for each', async () => {
      expect(await allowed(opened.limiter, someone(), 'message')).toBe(20)
      expect(await allowed(opened.limiter, someone(), 'search')).toBe(2)
      expect(await allowed(opened.limiter, someone(), 'typing')).toBe(200)
    })

    it('Retry-After is honest: after that long the same is accepted', async () => {
      const keys = someone()
      await allowed(opened.limiter, keys, 'message')
      const waitMs = await retryAfterMs(opened.limiter, keys, 'message')
      expect(waitMs).toBeGreaterThan(0)
      expect(waitMs).toBeLessThanOrEqual(2_001)
      await opened.pass(waitMs)
      expect(await allowed(opened.limiter, keys, 'message')).toBe(20)
    })

    it('one key\'s excess is nobody else\'s', async () => {
      const [one, other] = [someone(), someone()]
      await allowed(opened.limiter, one, 'message')
      expect(await allowed(opened.limiter, other, 'message')).toBe(20)
    })

    it('what one bucket refuses is not drawn from the others', async () => {
      const address = uuidv7()
      const flooding = { account: uuidv7(), address }
      expect(await allowed(opened.limiter, flooding, 'message')).toBe(20)
      for (let tries = 0; tries < 60; tries += 1) await retryAfterMs(opened.limiter, flooding, 'message')
      expect(await allowed(opened.limiter, { account: uuidv7(), address }, 'message')).toBe(20)
      expect(await allowed(opened.limiter, { account: uuidv7(), address }, 'message')).toBe(10)
    })

    it('all at once draw no more than one after another', async () => {
      const keys = someone()
      const answers = await Promise.all(Array.from({ length: 100 }, () => opened.limiter.consume(keys, 'message')()))
      expect(answers.filter(E.isRight)).toHaveLength(20)
    })

    it('scopes without a key and actions without a cost draw nothing', async () => {
      const { account } = someone()
      expect(await allowed(opened.limiter, { account }, 'unknown', 100)).toBe(100)
      expect(await allowed(opened.limiter, {}, 'message', 100)).toBe(100)
      expect(await allowed(opened.limiter, { account }, 'message')).toBe(20)
    })

    it('a factor multiplies the points, and however small leaves every action possible', async () => {
      const [double, tiny] = [await open(2), await open(0.01)]
      expect(await allowed(double.limiter, someone(), 'message')).toBe(40)
      expect(await allowed(tiny.limiter, someone(), 'search')).toBe(1)
      await Promise.all([double.close(), tiny.close()])
    })
  })
}
