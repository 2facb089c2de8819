import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs } from './backoff.js'

const limits = { backoffBaseMs: 250, backoffCapMs: 30_000 }

describe('back-off', () => {
  it('doubles up to the cap', () =>
    expect([0, 1, 2, 6, 7, 8, 5_000].map((attempt) => backoffMs(attempt, limits, () => 1))).toEqual([250, 500, 1_000, 16_000, 30_000, 30_000, 30_000]))

  it('is jittered over its whole length, so that clients do not come back together', () =>
    fc.assert(fc.property(fc.nat({ max: 100 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
      expect(backoffMs(attempt, limits, () => chance)).toBe(chance * backoffMs(attempt, limits, () => 1))
    })))
})
