import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { aBatch, aStream, at, both, commit, done, notesOf, step, type Subject } from './subject.js'

const PROJECTORS = 4
const BATCHES = 40

export const committing = (subject: Subject): void => {
  describe('committing', () => {
    it('applies a batch to every read model and says where each stood before', async () => {
      const { store, rows } = subject()
      const steps = [step(aStream(), 1), step(aStream(), 2)]
      await done(store.resumeAfter(0, 1))
      const committed = await commit(store, both(...steps), 0, 5)
      expect(committed.before).toEqual(new Map([['journal', 'start'], ['latest', 'start']]))
      expect([await rows('journal'), await rows('latest')]).toEqual([notesOf(...steps), notesOf(...steps)])
      expect(await done(store.resumeAfter(0, 1))).toBe(at(5))
      expect((await commit(store, both(), 5, 9)).before.get('latest')).toBe(at(5))
      expect(await done(store.checkpoints())).toEqual([
        { projection: 'journal', partition: 0, position: at(9) }, { projection: 'latest', partition: 0, position: at(9) },
      ])
    })

    it('L2: a batch that comes again, whole or in part, changes nothing', async () => {
      const { store, another, rows } = subject()
      const [stream, other] = [aStream(), aStream()]
      const steps = [step(stream, 1), step(other, 2), step(stream, 3), step(stream, 4)]
      await done(store.resumeAfter(0, 1))
      await commit(store, both(...steps.slice(0, 3)), 0, 3)
      await commit(store, both(...steps.slice(0, 3)), 0, 3)
      await commit(another(), both(...steps.slice(1)), 1, 4)
      await commit(another(), both(...steps.slice(0, 2)), 0, 2)
      expect(await rows('journal')).toEqual(notesOf(...steps))
      expect(await done(store.resumeAfter(0, 1))).toBe(at(4))
    })

    it(`${PROJECTORS} projectors of one partition by mistake: one writes`, async () => {
      const { store, another, rows } = subject()
      const streams = [aStream(), aStream(), aStream()]
      const steps = Array.from({ length: BATCHES }, (_, index) => step(streams[index % 3] ?? aStream(), index + 1))
      await done(store.resumeAfter(0, 1))
      await Promise.all(Array.from({ length: PROJECTORS }, async (_, projector) => {
        const mine = projector === 0 ? store : another()
        // Each cuts its batches differently.
        for (let from = 0; from < BATCHES; from += projector + 1) {
          const through = Math.min(BATCHES, from + projector + 1)
          await commit(mine, both(...steps.slice(from, through)), from, through)
        }
      }))
      expect(await rows('journal')).toEqual(notesOf(...steps))
      expect(await done(store.resumeAfter(0, 1))).toBe(at(BATCHES))
    })

    it('a batch that leaves a gap after a checkpoint is refused and changes nothing', async () => {
      const { store, rows } = subject()
      await done(store.resumeAfter(0, 1))
      await commit(store, both(), 0, 3)
      const refused = await store.commit(aBatch(both(step(aStream(), 6)), 5, 6))()
      expect(E.isLeft(refused) && refused.left._tag).toBe('CheckpointMoved')
      expect([await rows('journal'), await done(store.resumeAfter(0, 1))]).toEqual([[], at(3)])
    })

    it('partitions stand apart', async () => {
      const { store, rows } = subject()
      const [one, other] = [step(aStream(), 1), step(aStream(), 2)]
      await done(store.resumeAfter(0, 2))
      await commit(store, both(other), 0, 7, { partition: 1, partitions: 2 })
      expect([await done(store.resumeAfter(0, 2)), await done(store.resumeAfter(1, 2))]).toEqual(['start', at(7)])
      await commit(store, both(one), 0, 4, { partition: 0, partitions: 2 })
      expect(await rows('journal')).toEqual(notesOf(one, other))
    })

    it('another number of partitions: all go on from the low watermark, and the old split is refused', async () => {
      const { store, rows } = subject()
      const [one, other, later] = [step(aStream(), 1), step(aStream(), 2), step(aStream(), 8)]
      await done(store.resumeAfter(0, 1))
      await commit(store, both(one, other), 0, 2)
      expect(await Promise.all([0, 1, 2].map((partition) => done(store.resumeAfter(partition, 3))))).toEqual([at(2), at(2), at(2)])
      const refused = await store.commit(aBatch(both(later), 2, 8))()
      expect(E.isLeft(refused) && refused.left._tag).toBe('CheckpointMoved')
      await commit(store, both(later), 2, 8, { partition: 1, partitions: 3 })
      expect(await done(store.resumeAfter(0, 2))).toBe(at(2))
      await commit(store, both(one, other, later), 0, 8, { partition: 1, partitions: 2 })
      expect(await rows('latest')).toEqual(notesOf(one, other, later))
    })

    it('a read model that comes later begins at the start, and the others are not written again', async () => {
      const { older, store, rows } = subject()
      const steps = [step(aStream(), 1), step(aStream(), 2)]
      await done(older().resumeAfter(0, 1))
      await commit(older(), both(...steps), 0, 2)
      expect(await done(store.resumeAfter(0, 1))).toBe('start')
      await commit(store, both(...steps), 0, 2)
      expect([await rows('journal'), await rows('latest')]).toEqual([notesOf(...steps), notesOf(...steps)])
    })
  })

  describe('progress', () => {
    it('is the low watermark of all read models and partitions', async () => {
      const { store, progress } = subject()
      expect(await progress.progress()).toBe('start')
      await done(store.resumeAfter(0, 2))
      await commit(store, both(), 0, 7, { partition: 1, partitions: 2 })
      expect(await progress.progress()).toBe('start')
      await commit(store, both(), 0, 4, { partition: 0, partitions: 2 })
      expect(await progress.progress()).toBe(at(4))
    })

    it('whoever waits hears of it, whichever process committed', async () => {
      const { store, another, progress } = subject()
      await done(store.resumeAfter(0, 1))
      const never = new AbortController().signal
      const waiting = Array.from({ length: 10 }, () => progress.changed('start', never))
      await commit(store, both(), 0, 3)
      await Promise.all(waiting)
      const next = progress.changed(at(3), never)
      await commit(another(), both(), 3, 4)
      await next
      await progress.changed('start', never)
      expect(await progress.progress()).toBe(at(4))
    })

    it('waiting ends by its signal', async () => {
      const { progress } = subject()
      const signal = new AbortController()
      const waiting = progress.changed('start', signal.signal)
      signal.abort()
      await waiting
      await progress.changed('start', signal.signal)
    })
  })
}
