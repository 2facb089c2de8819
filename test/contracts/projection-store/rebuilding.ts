import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Checkpoint, RebuildEnd, Step, Steps } from '../../../projections/ports.js'
import { aStream, at, both, chunks, commit, done, notesOf, step, unreadable, type Subject } from './subject.js'

const steps = (count: number): ReadonlyArray<Step> => {
  const streams = [aStream(), aStream(), aStream()]
  return Array.from({ length: count }, (_, index) => step(streams[index % 3] ?? aStream(), index + 1))
}
const differences = ({ comparisons }: RebuildEnd) => comparisons.map(({ table, onlyLive, onlyRebuilt }) => [table, onlyLive, onlyRebuilt])

export const rebuilding = (subject: Subject): void => {
  describe('rebuilding', () => {
    const live = async (all: ReadonlyArray<Step>) => {
      const opened = subject()
      await done(opened.store.resumeAfter(0, 1))
      await commit(opened.store, both(...all), 0, all.length)
      return opened
    }

    it('L2: incremental equals from zero, and the rebuilt one takes the place of the live one', async () => {
      const all = steps(20)
      const { store, rows } = await live(all)
      const rebuild = await done(store.startRebuild(['journal', 'latest'], 1))
      await done(rebuild.fill(both(...all.slice(0, 7))))
      await done(rebuild.fill(both(...all.slice(7, 15))))
      await commit(store, both(step(aStream(), 21)), 20, 21)
      const seen: ReadonlyArray<Checkpoint>[] = []
      const remaining = (checkpoints: ReadonlyArray<Checkpoint>) => {
        seen.push(checkpoints)
        return chunks(both(...all.slice(15)))
      }
      const end = await done(rebuild.finish({ remaining, swap: 'always' }))
      expect(seen).toEqual([[{ projection: 'journal', partition: 0, position: at(21) }, { projection: 'latest', partition: 0, position: at(21) }]])
      expect(differences(end)).toEqual([['entries', 1, 0], ['notes', 1, 0]])
      expect(await rows('journal')).toEqual(notesOf(...all))
      expect(await done(store.resumeAfter(0, 1))).toBe(at(21))
      await commit(store, both(step(aStream(), 22)), 21, 22)
      expect(await rows('journal')).toHaveLength(21)
    })

    it('equal ones are swapped, with nothing to report', async () => {
      const all = steps(20)
      const { store, rows } = await live(all)
      const rebuild = await done(store.startRebuild(['latest', 'journal'], 1))
      await done(rebuild.fill(both(...all)))
      const end = await done(rebuild.finish({ remaining: () => chunks<Steps>(), swap: 'when-equal' }))
      expect(end).toMatchObject({ swapped: true, comparisons: expect.arrayContaining([{ projection: 'journal', table: 'entries', liveRows: 20, rebuiltRows: 20, onlyLive: 0, onlyRebuilt: 0 }]) })
      expect(await rows('journal')).toEqual(notesOf(...all))
    })

    it('differences are counted row by row, also doubled rows; they are not swapped away unasked', async () => {
      const all = steps(9)
      const { store, rows, tamper } = await live(all)
      const doubled = await done(store.startRebuild(['journal'], 1))
      await done(doubled.fill(both(...all, ...all.slice(0, 2))))
      expect(differences(await done(doubled.finish({ remaining: () => chunks<Steps>(), swap: 'when-equal' })))).toEqual([['entries', 0, 2]])
      await tamper('journal')
      const rebuild = await done(store.startRebuild(['journal'], 1))
      await done(rebuild.fill(both(...all)))
      const end = await done(rebuild.finish({ remaining: () => chunks<Steps>(), swap: 'when-equal' }))
      expect([end.swapped, differences(end)]).toEqual([false, [['entries', 9, 9]]])
      expect(await rows('journal')).not.toEqual(notesOf(...all))
      const again = await done(store.startRebuild(['journal'], 1))
      await done(again.fill(both(...all)))
      expect((await done(again.finish({ remaining: () => chunks<Steps>(), swap: 'always' }))).swapped).toBe(true)
      expect(await rows('journal')).toEqual(notesOf(...all))
    })

    it('verifying compares and changes nothing', async () => {
      const all = steps(5)
      const { store, rows, tamper } = await live(all)
      await tamper('latest')
      const before = await rows('latest')
      const rebuild = await done(store.startRebuild(['latest'], 1))
      await done(rebuild.fill(both(...all)))
      expect(await done(rebuild.finish({ remaining: () => chunks<Steps>(), swap: 'never' }))).toMatchObject({ swapped: false })
      expect(await rows('latest')).toEqual(before)
    })

    it('one at a time; an abandoned one leaves nothing', async () => {
      const { store, another, rows } = await live(steps(3))
      const rebuild = await done(store.startRebuild(['journal'], 1))
      await done(rebuild.fill(both(step(aStream(), 1))))
      expect(await another().startRebuild(['latest'], 1)()).toEqual(E.left({ _tag: 'RebuildUnderWay' }))
      await rebuild.abandon()
      await rebuild.abandon()
      await (await done(another().startRebuild(['journal'], 1))).abandon()
      expect(await rows('journal')).toHaveLength(3)
    })

    it('when the rest cannot be read the live one stays', async () => {
      const all = steps(3)
      const { store, rows } = await live(all)
      const rebuild = await done(store.startRebuild(['journal'], 1))
      const broken = () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('the log is away')) }) })
      expect(await rebuild.finish({ remaining: broken, swap: 'always' })()).toMatchObject(E.left({ reason: 'the log is away' }))
      await commit(store, both(), 3, 4)
      expect(await rows('journal')).toEqual(notesOf(...all))
    })

    it('poison parks in the rebuilt one by itself, a skipped event stays out, and a mended one is not parked any more', async () => {
      const { store, rows } = subject()
      const [bad, skipped, mended] = [aStream(), aStream(), aStream()]
      const all = [unreadable(step(bad, 1)), unreadable(step(skipped, 2)), unreadable(step(mended, 3)), step(bad, 4), step(skipped, 5), step(mended, 6)]
      await done(store.resumeAfter(0, 1))
      await commit(store, new Map([['journal', all]]), 0, 6)
      await done(store.release('journal', skipped, 'because', () => chunks(all.filter(({ event }) => event.stream === skipped))))
      const rebuild = await done(store.startRebuild(['journal'], 1))
      await done(rebuild.fill(new Map([['journal', all.map((one) => (one === all[2] ? step(mended, 3) : one))]])))
      const end = await done(rebuild.finish({ remaining: () => chunks<Steps>(), swap: 'always' }))
      expect(differences(end)).toEqual([['entries', 0, 2]])
      expect(await rows('journal')).toEqual(notesOf(step(skipped, 5), step(mended, 3), step(mended, 6)))
      expect((await done(store.parked())).map(({ stream, revision, through }) => [stream, revision, through])).toEqual([[bad, 1n, 4n]])
    })
  })
}
