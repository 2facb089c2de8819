import { expect, it } from 'vitest'
import { inWaves } from './in-waves.js'

it('no key comes twice in a wave, and each keeps its order', () => {
  expect(inWaves(['a1', 'b1', 'a2', 'c1', 'a3', 'b2'], ([key = '']) => key)).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']])
  expect(inWaves([], String)).toEqual([])
})
