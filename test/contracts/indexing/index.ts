import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { lagOf, rebuild } from '../../../projections/index.js'
import type { SearchIndex } from '../../../events/search/index-port.js'
import { answer } from '../../support/command-side.js'
import { until } from '../../support/until.js'
import { lifeOf, mortalIndex, mortalPool } from './mortal.js'
import { worldOf, type IndexingWorld, type OpenIndexing } from './world.js'

const ALL_MS = 120_000

/** How the log gets into the index of an engine, whatever befalls who brings it. */
export const indexingContract = (engine: string, open: () => Promise<OpenIndexing>): void => {
  describe(`indexing, ${engine}`, () => {
    let world: IndexingWorld
    beforeAll(async () => { world = await worldOf(await open()) })
    afterAll(() => world.close())

    const lag = async (ahead = 0) => {
      const { projection, store } = world.calm
      const [found] = await answer(lagOf({ projections: [projection], eventStore: world.eventStore, store, partitionOf: world.feed.partitionOf, clock: () => Date.now() + ahead }))
      return found
    }

    it('S7: messages, edits and deletions arrive, in whatever batches', async () => {
      await world.writeRound('hello')
      await world.indexAll(world.calm)
      expect(world.expected().length).toBe(2)
      expect(await world.indexed()).toEqual(world.expected())
    })

    it('S7: killed at every step, it goes on and the index equals the log', async () => {
      let [lastStep, survived] = [1, false]
      for (; !survived; lastStep += 1) {
        const life = lifeOf(lastStep)
        await world.writeRound(`round ${lastStep}`)
        await world.indexAll(world.filling(mortalPool(world.pool, life), mortalIndex(world.index, life)), life.dead).catch((error: unknown) => {
          if (!life.dead()) throw error
        })
        survived = !life.dead()
        await world.indexAll(world.calm)
        const [found, wanted] = [await world.indexed(), world.expected()]
        expect(found.length, `count after a kill at step ${lastStep}`).toBe(wanted.length)
        expect(found, `documents after a kill at step ${lastStep}`).toEqual(wanted)
      }
      process.stdout.write(`${engine}: the indexer was killed at ${lastStep - 2} steps\n`)
      expect(lastStep).toBeGreaterThan(15)
    }, ALL_MS)

    it('S7: while an index of its own server is away nothing is acknowledged, and then everything arrives', async () => {
      if (!world.isApart) return
      let away = true
      const index: SearchIndex = { ...world.index, apply: (changes) => (away ? TE.left({ _tag: 'SearchUnavailable', retryAfterMs: 1, reason: 'away' }) : world.index.apply(changes)) }
      await world.writeRound('while away')
      const indexing = world.indexAll(world.filling(world.pool, index))
      await until(async () => (await lag(10_000))?.state === 'late')
      expect(await answer(world.calm.store.parked())).toEqual([])
      expect((await world.indexed()).length).toBe(world.expected().length - 2)
      away = false
      await indexing
      expect(await world.indexed()).toEqual(world.expected())
    })

    it('S4: 6 s behind it is late, at the head it is in time', async () => {
      expect(await lag(6_000)).toMatchObject({ state: 'in-time', lagMs: 0 })
      await world.writeRound('not indexed yet')
      expect((await lag(6_000))?.state).toBe('late')
      await world.indexAll(world.calm)
      expect(await lag(6_000)).toMatchObject({ state: 'in-time', lagMs: 0 })
    })

    const rebuilt = (swap: 'when-equal' | 'always' | 'never') => {
      const { calm: { projection, store }, eventStore, keyStore, feed: { partitions, partitionOf } } = world
      return answer(rebuild({ projections: [projection], store, eventStore, keyStore, partitions, partitionOf, swap, onProgress: () => undefined }))
    }

    it('L2: a rebuild equals what was indexed live, and takes its place', async () => {
      const { comparisons, swapped } = await rebuilt('when-equal')
      expect(comparisons.filter(({ onlyLive, onlyRebuilt }) => onlyLive + onlyRebuilt > 0)).toEqual([])
      expect(swapped).toBe(true)
      expect(await world.indexed()).toEqual(world.expected())
      await world.writeRound('after the rebuild')
      await world.indexAll(world.calm)
      expect(await world.indexed()).toEqual(world.expected())
    })

    it('L2: a rebuild tells of an index that is not what the log says, and mends it when told to', async () => {
      for await (const { document, version } of world.index.documents()) {
        await answer(world.index.apply([{ op: 'remove', version: version + 100, place: document }]))
        break
      }
      expect(await world.indexed()).not.toEqual(world.expected())
      const { comparisons, swapped } = await rebuilt('when-equal')
      expect(comparisons.some(({ onlyLive, onlyRebuilt }) => onlyLive + onlyRebuilt > 0)).toBe(true)
      expect(swapped).toBe(false)
      expect((await rebuilt('always')).swapped).toBe(true)
      expect(await world.indexed()).toEqual(world.expected())
    })
  })
}
