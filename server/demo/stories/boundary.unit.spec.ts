import { expect, it } from 'vitest'
import { chanceOf } from '../chat/chance.js'
import { checkFunction } from './boundary.js'

it('P1, T1: the function that every path passes decides as the table of the demo has it, around 24 h', () => {
  expect(checkFunction(50_000, chanceOf(7).fraction)).toMatchObject({ checks: 50_000, wrong: 0 })
})
