import { describe, expect, it } from 'vitest'
import { currentVersion, eventTypes } from './registry.js'
import { upcast, upcasters, type Upcaster } from './upcasters.js'

const table: Readonly<Record<string, Readonly<Record<number, Upcaster>>>> = {
  SeatTaken: {
    1: (data) => ({ ...data, row: 1 }),
    2: ({ seat, ...data }) => ({ ...data, place: `${String(data.row)}/${String(seat)}` }),
  },
  Torn: { 2: (data) => data },
}
const lift = (from: number, to: number, type = 'SeatTaken') => upcast(type, from, to, Object.freeze({ seat: 7 }), table)

describe('upcasting', () => {
  it('lifts one version to the next, step by step', () => {
    expect(lift(1, 2)).toEqual({ seat: 7, row: 1 })
    expect(lift(1, 3)).toEqual({ row: 1, place: '1/7' })
    expect(lift(2, 3)).toEqual({ place: 'undefined/7' })
  })

  it('the current version stays as it is', () => expect(lift(3, 3)).toEqual({ seat: 7 }))
  it('a version from the future is not read', () => expect(lift(4, 3)).toBeUndefined())
  it('a missing step is not jumped over', () => expect([lift(1, 3, 'Torn'), lift(0, 1)]).toEqual([undefined, undefined]))
  it('a type without steps is not lifted', () => expect(lift(1, 2, 'Unknown')).toBeUndefined())

  it('every older version of every event has its step, and no other type has any', () => {
    for (const type of eventTypes) {
      for (let version = 1; version < currentVersion; version += 1) expect(upcasters[type]?.[version]).toBeTypeOf('function')
    }
    expect(Object.keys(upcasters).filter((type) => !eventTypes.includes(type))).toEqual([])
  })
})
