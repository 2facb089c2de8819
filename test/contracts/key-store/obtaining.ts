import { describe, expect, it } from 'vitest'
import type { Subject } from './subject.js'
import { aUnit, done, findOne, keyOf, obtainOne, units } from './subject.js'

export const obtaining = (subject: Subject): void => {
  describe('obtaining and finding', () => {
    it('a new unit gets a key of 32 bytes, which is found again', async () => {
      const [{ store, another }, unit] = [subject(), aUnit()]
      const made = await obtainOne(store, unit)
      expect(made).toMatchObject({ _tag: 'Living', owner: unit.owner, created: true })
      expect(keyOf(made)).toHaveLength(64)
      expect(await findOne(await another(), unit)).toEqual({ ...made, created: false })
    })

    it('a unit that is there keeps its key and its owner', async () => {
      const [{ store }, unit] = [subject(), aUnit()]
      const made = await obtainOne(store, unit)
      expect(await obtainOne(store, unit)).toEqual({ ...made, created: false })
      expect(await obtainOne(store, { ...unit, owner: 'conversation-of-another' })).toMatchObject({ owner: unit.owner, created: false })
    })

    it('answers come in the order asked, also for some new, some old and some repeated', async () => {
      const [{ store }, [one, two, three]] = [subject(), units(3)]
      if (one === undefined || two === undefined || three === undefined) throw new Error('three units')
      const old = await obtainOne(store, two)
      const answers = await done(store.obtain([one, two, three, one]))
      expect(answers.map((state) => state._tag === 'Living' && state.created)).toEqual([true, false, true, false])
      expect(keyOf(answers[1])).toBe(keyOf(old))
      expect(keyOf(answers[3])).toBe(keyOf(answers[0]))
      expect(await done(store.find([three.unit, aUnit().unit, one.unit, one.unit]))).toEqual([
        { ...answers[2], created: false }, { _tag: 'Unknown' }, { ...answers[0], created: false }, { ...answers[0], created: false },
      ])
    })

    it('every unit has a key of its own', async () => {
      const answers = await done(subject().store.obtain(units(100)))
      expect(new Set(answers.map(keyOf)).size).toBe(100)
    })

    it('8 that obtain one unit at once, over two stores, get one key; one of them made it', async () => {
      const [{ store, another }, unit] = [subject(), aUnit()]
      const other = await another()
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => obtainOne(index % 2 === 0 ? store : other, unit)))
      expect(new Set(answers.map(keyOf)).size).toBe(1)
      expect(answers.filter((state) => state?._tag === 'Living' && state.created)).toHaveLength(1)
    })

    it('nothing asked, nothing answered', async () => {
      const { store } = subject()
      expect([await done(store.obtain([])), await done(store.find([]))]).toEqual([[], []])
      await done(store.destroy([]))
    })

    it('no shard ever holds more units than its limit, whoever obtains', async () => {
      const { store, another, keyring, unitsPerShard, rowOf } = subject()
      const [other, before] = [await another(), (await keyring.list()).length]
      const asked = Array.from({ length: 3 * unitsPerShard }, aUnit)
      await Promise.all([
        done(store.obtain(asked.slice(0, 2 * unitsPerShard))),
        ...asked.slice(2 * unitsPerShard).map((unit, index) => obtainOne(index % 2 === 0 ? store : other, unit)),
      ])
      const counts = new Map<string, number>()
      for (const { unit } of asked) {
        const shard = (await rowOf(unit))?.shard ?? 'none'
        counts.set(shard, (counts.get(shard) ?? 0) + 1)
      }
      expect(Math.max(...counts.values())).toBeLessThanOrEqual(unitsPerShard)
      expect((await keyring.list()).length).toBeGreaterThanOrEqual(before + 2)
    })
  })
}
