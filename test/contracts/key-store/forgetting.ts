import { describe, expect, it } from 'vitest'
import type { Subject } from './subject.js'
import { aUnit, done, findOne, keyOf, obtainOne, units } from './subject.js'

export const forgetting = (subject: Subject): void => {
  describe('T6: destroying', () => {
    it('a destroyed unit has no key, stays destroyed, and is not made anew', async () => {
      const [{ store, another, rowOf }, unit] = [subject(), aUnit()]
      await obtainOne(store, unit)
      await done(store.destroy([unit.unit]))
      await done(store.destroy([unit.unit]))
      for (const one of [store, await another()]) {
        expect(await findOne(one, unit)).toEqual({ _tag: 'Destroyed' })
        expect(await obtainOne(one, unit)).toEqual({ _tag: 'Destroyed' })
      }
      expect(await rowOf(unit.unit)).toBeUndefined()
    })

    it('a unit never seen can be destroyed beforehand', async () => {
      const [{ store }, unit] = [subject(), aUnit()]
      await done(store.destroy([unit.unit, unit.unit]))
      expect(await obtainOne(store, unit)).toEqual({ _tag: 'Destroyed' })
    })

    it('its neighbours live on', async () => {
      const [{ store }, [one, two]] = [subject(), units(2)]
      if (one === undefined || two === undefined) throw new Error('two units')
      const [, kept] = await done(store.obtain([one, two]))
      await done(store.destroy([one.unit]))
      expect(await done(store.obtain([one, two]))).toEqual([{ _tag: 'Destroyed' }, { ...kept, created: false }])
    })

    it('Z4: a row that is put back from an old backup stays dead', async () => {
      const [{ store, another, rowOf, restore }, unit] = [subject(), aUnit()]
      await obtainOne(store, unit)
      const row = await rowOf(unit.unit)
      if (row === undefined) throw new Error('there is a row')
      await done(store.destroy([unit.unit]))
      await restore(row)
      expect(await findOne(store, unit)).toEqual({ _tag: 'Destroyed' })
      expect(await obtainOne(await another(), unit)).toEqual({ _tag: 'Destroyed' })
    })

    it('destroying and obtaining at once: afterwards it is destroyed', async () => {
      const { store, another } = subject()
      const other = await another()
      const all = units(40)
      await Promise.all(all.flatMap((unit) => [obtainOne(store, unit), done(other.destroy([unit.unit])), obtainOne(other, unit)]))
      const states = await done(store.find(all.map(({ unit }) => unit)))
      expect(new Set(states.map(({ _tag }) => _tag))).toEqual(new Set(['Destroyed']))
    })

    it('a row moved to another unit, another owner or another shard, or altered, does not open', async () => {
      const { store, keyring, rowOf, restore } = subject()
      const all = units(5)
      const [moved, owned, sharded, altered, untouched] = all
      const states = await done(store.obtain(all))
      const rows = await Promise.all(all.map(({ unit }) => rowOf(unit)))
      if (!moved || !owned || !sharded || !altered || !untouched) throw new Error('five units')
      const [row] = rows
      if (row === undefined) throw new Error('there are rows')
      const next = await keyring.startShard()
      await restore({ ...row, unit: owned.unit, owner: owned.owner })
      await restore({ ...row, owner: sharded.owner })
      await restore({ ...(rows[2] ?? row), shard: next.id })
      await restore({ ...(rows[3] ?? row), wrapped: (rows[3] ?? row).wrapped.map((byte, index) => (index === 40 ? byte ^ 1 : byte)) })
      const after = await done(store.find(all.map(({ unit }) => unit)))
      expect(after.map(({ _tag }) => _tag)).toEqual(['Destroyed', 'Destroyed', 'Destroyed', 'Destroyed', 'Living'])
      expect(keyOf(after[4])).toBe(keyOf(states[4]))
    })
  })
}
