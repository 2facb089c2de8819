import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { KeyStore } from '../../../events/key-store.js'
import type { OpenKeyStore, Subject } from './subject.js'
import { aUnit, done, findOne, keyOf, obtainOne, units } from './subject.js'

const noMatter = () => undefined

/** A store whose units lie in shards that are no longer the current one. */
const filled = async ({ store, keyring }: OpenKeyStore, count: number) => {
  const all = units(count)
  const keys = (await done(store.obtain(all))).map(keyOf)
  await keyring.startShard()
  const names = all.map(({ unit }) => unit)
  return { all, keys, names }
}

const keysOf = async (store: KeyStore, names: ReadonlyArray<string>) => (await done(store.find(names))).map(keyOf)

export const rotating = (subject: Subject): void => {
  describe('rotating', () => {
    it('living units keep their keys, under new shards; the old ones are gone', async () => {
      const opened = subject()
      const { store, keyring, rowOf } = opened
      const { keys, names } = await filled(opened, 25)
      const old = (await keyring.list()).slice(0, -1)
      const progress: [number, number][] = []
      const { rewrapped, destroyedShards } = await done(store.rotate('all', (now, total) => progress.push([now, total])))
      expect(rewrapped).toBeGreaterThanOrEqual(25)
      expect([...destroyedShards].sort()).toEqual(old)
      const [now, total] = progress.at(-1) ?? [0, 1]
      expect(now).toBe(total)
      expect(await keysOf(store, names)).toEqual(keys)
      for (const shard of old) expect(await keyring.find(shard)).toBeUndefined()
      for (const name of names) expect(old).not.toContain((await rowOf(name))?.shard)
    })

    it('T6: a row of before the rotation opens nothing any more', async () => {
      const opened = subject()
      const { store, rowOf, restore } = opened
      const { all, names } = await filled(opened, 3)
      const [unit] = all
      const row = await rowOf(names[0] ?? '')
      if (unit === undefined || row === undefined) throw new Error('there is a row')
      await done(store.rotate('all', noMatter))
      await restore(row)
      expect(await findOne(store, unit)).toEqual({ _tag: 'Destroyed' })
    })

    it('named shards only, also the current one', async () => {
      const opened = subject()
      const { store, keyring } = opened
      await done(store.rotate('all', noMatter))
      const unit = aUnit()
      const key = keyOf(await obtainOne(store, unit))
      const current = await keyring.current()
      expect((await done(store.rotate([current.id], noMatter))).destroyedShards).toEqual([current.id])
      expect(await keyring.find(current.id)).toBeUndefined()
      expect(keyOf(await findOne(store, unit))).toBe(key)
    })

    it('while others obtain and destroy: no living key is lost, nothing destroyed comes back', async () => {
      const opened = subject()
      const { store, another } = opened
      const other = await another()
      const { keys, names } = await filled(opened, 60)
      const fresh = units(60)
      const [rotated, made] = await Promise.all([
        done(store.rotate('all', noMatter)),
        Promise.all(fresh.map((unit, index) => obtainOne(index % 2 === 0 ? store : other, unit))),
        done(other.destroy(names.slice(0, 20))),
      ])
      expect(rotated.destroyedShards.length).toBeGreaterThan(0)
      expect(await keysOf(other, names.slice(20))).toEqual(keys.slice(20))
      expect(await keysOf(store, fresh.map(({ unit }) => unit))).toEqual(made.map(keyOf))
      expect((await done(store.find(names.slice(0, 20)))).every(({ _tag }) => _tag === 'Destroyed')).toBe(true)
    })

    it('two rotations at once lose nothing', async () => {
      const opened = subject()
      const { keys, names } = await filled(opened, 40)
      const other = await opened.another()
      await Promise.all([done(opened.store.rotate('all', noMatter)), done(other.rotate('all', noMatter))])
      expect(await keysOf(opened.store, names)).toEqual(keys)
    })

    it('an interrupted rotation loses nothing, and the next one goes on with what is left', async () => {
      const opened = subject()
      const { store, keyring, another, unitsPerShard } = opened
      const { keys, names } = await filled(opened, 3 * unitsPerShard)
      const old = (await keyring.list()).slice(0, -1)
      let [pages, total] = [0, 0]
      const interrupted = await store.rotate(old, (_, all) => {
        total = all
        pages += 1
        if (pages === 2) throw new Error('the process ended')
      })()
      expect(E.isLeft(interrupted)).toBe(true)
      expect(await keysOf(store, names)).toEqual(keys)
      const after = await another()
      const { rewrapped } = await done(after.rotate(old, noMatter))
      expect(rewrapped).toBeLessThanOrEqual(total - unitsPerShard)
      expect(await keysOf(after, names)).toEqual(keys)
      for (const shard of old) expect(await keyring.find(shard)).toBeUndefined()
    })
  })
}
