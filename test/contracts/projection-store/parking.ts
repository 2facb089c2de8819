import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Step } from '../../../projections/ports.js'
import { aStream, at, both, chunks, commit, done, notesOf, poison, step, unreadable, type Subject } from './subject.js'

const nothing = () => chunks<ReadonlyArray<Step>>()

export const parking = (subject: Subject): void => {
  describe('poison', () => {
    it('an event that cannot be read parks its stream for its projections; others go on', async () => {
      const { store, rows } = subject()
      const [bad, good] = [aStream(), aStream()]
      const [first, second] = [step(bad, 1), unreadable(step(bad, 2))]
      const others = [step(good, 3), step(good, 5)]
      await done(store.resumeAfter(0, 1))
      const committed = await commit(store, both(first, second, others[0] ?? second, step(bad, 4)), 0, 4)
      await commit(store, both(others[1] ?? second, step(bad, 6)), 4, 6)
      expect(committed.parked).toEqual(new Map([['journal', new Map([[bad, 2n]])], ['latest', new Map([[bad, 2n]])]]))
      expect(committed.newlyParked.map(({ projection, stream, revision, through }) => [projection, stream, revision, through]))
        .toEqual([['journal', bad, 2n, 4n], ['latest', bad, 2n, 4n]])
      expect(await rows('journal')).toEqual(notesOf(first, ...others))
      expect(await done(store.parked())).toMatchObject([
        { projection: 'journal', stream: bad, revision: 2n, position: at(2), eventId: second.event.id, type: 'MessageSent', reason: 'no such type', through: 6n },
        { projection: 'latest', stream: bad, revision: 2n, through: 6n },
      ])
    })

    it('it parks the stream only for the projection that it is poison to', async () => {
      const { store, rows } = subject()
      const stream = aStream()
      const steps = [step(stream, 1), step(stream, 2)]
      await done(store.resumeAfter(0, 1))
      await commit(store, new Map([['journal', steps.map((one) => unreadable(one))], ['latest', steps]]), 0, 2)
      expect([await rows('journal'), await rows('latest')]).toEqual([[], notesOf(...steps.slice(1))])
      expect((await done(store.parked())).map(({ projection }) => projection)).toEqual(['journal'])
    })

    it('events whose writes the store refuses are found among many, each other one applied once', async () => {
      const { store, rows } = subject()
      const [one, other] = [aStream(), aStream()]
      const good = Array.from({ length: 40 }, (_, index) => step(aStream(), index + 10))
      const before = [step(one, 1), step(other, 2)]
      const steps = [...before, ...good.slice(0, 25), poison(one, 60), ...good.slice(25), poison(other, 61), step(one, 62), poison(one, 63)]
      await done(store.resumeAfter(0, 1))
      await commit(store, both(...steps), 0, 63)
      expect(await rows('journal')).toEqual(notesOf(...before, ...good))
      const parked = await done(store.parked())
      expect(parked.map(({ projection, stream, revision, through }) => [projection, stream, revision, through])).toEqual(expect.arrayContaining([
        ['journal', one, 60n, 63n], ['journal', other, 61n, 61n], ['latest', one, 60n, 63n], ['latest', other, 61n, 61n],
      ]))
      expect(parked).toHaveLength(4)
      expect(await done(store.resumeAfter(0, 1))).toBe(at(63))
    })

    it('a reason of any text is kept', async () => {
      const { store } = subject()
      await done(store.resumeAfter(0, 1))
      await commit(store, both(unreadable(step(aStream(), 1), `${'x'.repeat(5_000)}`), unreadable(step(aStream(), 2), 'a\u0000b\ud800')), 0, 2)
      expect((await done(store.parked())).map(({ reason }) => reason.length)).toEqual([2_000, 2_000, 4, 4])
    })
  })

  describe('releasing', () => {
    const parkedStream = async () => {
      const opened = subject()
      const stream = aStream()
      const [bad, ...later] = [step(stream, 1), step(stream, 2), step(stream, 3)]
      if (bad === undefined) throw new Error('three steps')
      await done(opened.store.resumeAfter(0, 1))
      await commit(opened.store, both(unreadable(bad), later[0] ?? bad), 0, 2)
      await commit(opened.store, both(later[1] ?? bad), 2, 3)
      return { ...opened, stream, bad, later }
    }

    it('applies what was held back, after which the stream goes on', async () => {
      const { store, another, rows, stream, bad, later } = await parkedStream()
      const asked: (readonly [bigint, bigint])[] = []
      const released = await done(store.release('journal', stream, undefined, (from, to) => {
        asked.push([from, to])
        return chunks([bad], later)
      }))
      expect([released, asked]).toEqual([{ _tag: 'Released' }, [[1n, 3n]]])
      await commit(another(), both(step(stream, 4)), 3, 4)
      expect(await rows('journal')).toEqual(notesOf(bad, ...later, step(stream, 4)))
      expect((await done(store.parked())).map(({ projection, through }) => [projection, through])).toEqual([['latest', 4n]])
    })

    it('a stream that is not parked, or of a projection that is not there, says so', async () => {
      const { store, stream } = await parkedStream()
      expect(await store.release('journal', aStream(), undefined, nothing)()).toMatchObject(E.left({ _tag: 'NotParked' }))
      expect(await store.release('nobody', stream, undefined, nothing)()).toMatchObject(E.left({ _tag: 'NotParked' }))
    })

    it('when the event still fails nothing changes but the reason', async () => {
      const { store, rows, stream, bad, later } = await parkedStream()
      const again = await done(store.release('journal', stream, undefined, () => chunks([unreadable(bad, 'still bad'), ...later])))
      expect(again).toMatchObject({ _tag: 'ParkedAgain', parked: { stream, revision: 1n, reason: 'still bad', through: 3n } })
      expect(await rows('journal')).toEqual([])
      expect((await done(store.parked())).find(({ projection }) => projection === 'journal')).toMatchObject({ revision: 1n, reason: 'still bad', through: 3n })
    })

    it('when a later event fails what came before it is applied, and the stream waits there', async () => {
      const { store, rows, stream, bad, later } = await parkedStream()
      const again = await done(store.release('journal', stream, undefined, () => chunks([bad, poison(stream, 2)], later.slice(1))))
      expect(again).toMatchObject({ _tag: 'ParkedAgain', parked: { stream, revision: 2n, through: 3n } })
      expect(await rows('journal')).toEqual(notesOf(bad))
    })

    it('when the held back events cannot be read nothing changes', async () => {
      const { store, rows, stream, bad } = await parkedStream()
      const broken = async function* () {
        yield [bad]
        throw new Error('the log is away')
      }
      expect(await store.release('journal', stream, undefined, broken)()).toMatchObject(E.left({ _tag: 'ProjectionStoreUnavailable', reason: 'the log is away' }))
      expect([await rows('journal'), (await done(store.parked())).length]).toEqual([[], 2])
    })

    it('a skipped event is left out for ever, also when it comes again', async () => {
      const { store, rows, stream, bad, later } = await parkedStream()
      expect(await done(store.release('journal', stream, 'sent by a broken tool', () => chunks([bad, ...later])))).toEqual({ _tag: 'Released' })
      expect(await rows('journal')).toEqual(notesOf(...later))
      await done(store.resumeAfter(0, 2))
      await commit(store, both(unreadable(bad)), 0, 5, { partitions: 2 })
      expect((await done(store.parked())).map(({ projection }) => projection)).toEqual(['latest'])
    })

    it('while projectors commit to the stream: each event is applied once, in order', async () => {
      const { store, another, rows, stream, bad, later } = await parkedStream()
      const more = Array.from({ length: 30 }, (_, index) => step(stream, index + 4))
      const all = [bad, ...later, ...more]
      const writing = (async () => {
        for (const one of more) await commit(another(), new Map([['journal', [one]]]), Number(one.event.revision) - 1, Number(one.event.revision))
      })()
      const heldBack = (from: bigint, to: bigint) => chunks(all.filter(({ event }) => event.revision >= from && event.revision <= to))
      const releasing = done(store.release('journal', stream, undefined, heldBack))
      await Promise.all([writing, releasing])
      expect(await rows('journal')).toEqual(notesOf(...all))
    })
  })
}
