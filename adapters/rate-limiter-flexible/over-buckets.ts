import * as E from 'fp-ts/lib/Either.js'
import { RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible'
import type { RateBucket, RateLimited, RateLimiter } from '../../platform/rate-limiter.js'

/** The library counts in whole numbers. */
const POINT_TENTHS = 10
/** A bucket that is about to be full again gets nothing back: it would be more than full. */
const RETURN_UNTIL_MS = 250

export type Buckets = Readonly<Record<string, RateBucket>>
export type Limiter = Pick<RateLimiterAbstract, 'consume' | 'reward'>
export interface LimiterShape {
  readonly points: number
  readonly duration: number
}

interface Bucket {
  readonly scope: string
  readonly costs: ReadonlyMap<string, number>
  readonly limiter: Limiter
}

interface Draw {
  readonly limiter: Limiter
  readonly key: string
  readonly cost: number
}

interface Drawn extends Draw {
  readonly allowed: boolean
  readonly fullInMs: number
}

const draw = async (one: Draw): Promise<Drawn> => {
  try {
    const { msBeforeNext } = await one.limiter.consume(one.key, one.cost)
    return { ...one, allowed: true, fullInMs: msBeforeNext }
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    return { ...one, allowed: false, fullInMs: refusal.msBeforeNext }
  }
}

const giveBack = (drawn: ReadonlyArray<Drawn>): Promise<unknown> =>
  Promise.all(drawn.filter(({ allowed, fullInMs }) => allowed && fullInMs > RETURN_UNTIL_MS).map(({ limiter, key, cost }) => limiter.reward(key, cost)))

/**
 * The port over one limiter of the library for each bucket. `factor` multiplies the points; every action stays possible
 * from a full bucket.
 */
export const overBuckets = (buckets: Buckets, factor: number, limiterOf: (name: string, shape: LimiterShape) => Limiter): RateLimiter => {
  const all = Object.entries(buckets).map(([name, { scope, points, refillSeconds, costs }]): Bucket => {
    const tenths = new Map(Object.entries(costs).map(([action, cost]) => [action, Math.max(1, Math.round(cost * POINT_TENTHS))]))
    const shape = { points: Math.max(Math.round(points * factor * POINT_TENTHS), ...tenths.values()), duration: refillSeconds }
    return { scope, costs: tenths, limiter: limiterOf(name, shape) }
  })
  return {
    consume: (keys, action) => async (): Promise<E.Either<RateLimited, void>> => {
      const draws = all.flatMap(({ scope, costs, limiter }): ReadonlyArray<Draw> => {
        const [key, cost] = [keys[scope], costs.get(action)]
        return key === undefined || cost === undefined ? [] : [{ limiter, key, cost }]
      })
      const drawn = await Promise.all(draws.map(draw))
      const refusals = drawn.filter(({ allowed }) => !allowed)
      if (refusals.length === 0) return E.right(undefined)
      await giveBack(drawn)
      // One more, since a bucket is full again after its last millisecond.
      return E.left({ _tag: 'RateLimited', retryAfterMs: Math.max(...refusals.map(({ fullInMs }) => fullInMs)) + 1 })
    },
  }
}
