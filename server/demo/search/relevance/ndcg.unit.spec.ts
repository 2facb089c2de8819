import { describe, expect, it } from 'vitest'
import { ndcg } from './ndcg.js'

describe('nDCG', () => {
  it('is 1 for the best order and for nothing to find', () => expect([ndcg([2, 1, 0], [0, 1, 2], 10), ndcg([], [], 10)]).toEqual([1, 1]))
  it('is less the lower what was wanted stands', () => {
    expect(ndcg([0, 2], [2, 0], 10)).toBeCloseTo(1 / Math.log2(3))
    expect(ndcg([1, 2], [2, 1], 10)).toBeCloseTo((1 + 3 / Math.log2(3)) / (3 + 1 / Math.log2(3)))
  })
  it('looks at the first hits only', () => expect(ndcg([0, 2], [2, 0], 1)).toBe(0))
})
