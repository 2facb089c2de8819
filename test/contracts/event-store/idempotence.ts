import { describe, expect, it } from 'vitest'
import { anEvent, appended, at, aStream, events, refused, wholeStream } from './subject.js'
import type { Subject } from './subject.js'

export const idempotence = (subject: Subject): void => {
  describe('appending again', () => {
    it('L5: the same event at the same revision gives the original answer', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const [first, second] = [events(1), events(1)]
      const original = await appended(store, stream, 'no-stream', first)
      const next = await appended(store, stream, at(0), second)
      expect(await appended(store, stream, 'no-stream', first)).toEqual(original)
      expect(await appended(store, stream, at(0), second)).toEqual(next)
      expect(await wholeStream(store, stream)).toHaveLength(2)
    })

    it('L5: the same batch gives the original answer, also when the stream has gone on', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const batch = events(4)
      await appended(store, stream, 'no-stream', events(2))
      const original = await appended(store, stream, at(1), batch)
      expect(await appended(store, stream, at(1), batch)).toEqual(original)
      await appended(store, stream, at(5), events(3))
      expect(await appended(store, stream, at(1), batch)).toEqual(original)
      expect(await wholeStream(store, stream)).toHaveLength(9)
    })

    it('L5: the same batch gives the original answer after a restart', async () => {
      const [{ store, reopen }, stream] = [subject(), aStream()]
      const batch = events(3)
      await appended(store, stream, 'no-stream', events(1))
      const original = await appended(store, stream, at(0), batch)
      await appended(store, stream, at(3), events(1))
      const again = await reopen()
      expect(await appended(again, stream, at(0), batch)).toEqual(original)
      expect(await wholeStream(again, stream)).toHaveLength(5)
    })

    it('the same ids at another revision are refused', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      await appended(store, stream, 'no-stream', events(2))
      const batch = events(1)
      await appended(store, stream, at(1), batch)
      expect(await refused(store, stream, 'no-stream', batch)).toEqual({ _tag: 'WrongExpectedRevision', actual: 2n })
      expect(await refused(store, stream, at(0), batch)).toEqual({ _tag: 'WrongExpectedRevision', actual: 2n })
    })

    it('a batch of which only a part is there is refused', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const [first, second, third] = [anEvent(), anEvent(), anEvent()]
      const mixed = { _tag: 'WrongExpectedRevision', actual: 1n }
      await appended(store, stream, 'no-stream', [first, second])
      expect(await refused(store, stream, 'no-stream', [first, third])).toEqual(mixed)
      expect(await refused(store, stream, 'no-stream', [third, second])).toEqual(mixed)
      expect(await refused(store, stream, 'no-stream', [first, second, third])).toEqual(mixed)
      expect(await refused(store, stream, 'no-stream', [second, first])).toEqual(mixed)
      expect(await wholeStream(store, stream)).toHaveLength(2)
    })

    it('the first part of a batch alone gives its own answer', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const [first, second] = [anEvent(), anEvent()]
      await appended(store, stream, 'no-stream', [first, second])
      expect(await appended(store, stream, 'no-stream', [first])).toMatchObject({ firstRevision: 0n, lastRevision: 0n })
    })

    it('the same append many times at once is one append', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const batch = events(3)
      const answers = await Promise.all(Array.from({ length: 16 }, () => appended(store, stream, 'no-stream', batch)))
      expect(new Set(answers.map(({ position }) => position)).size).toBe(1)
      expect(answers.every(({ firstRevision, lastRevision }) => firstRevision === 0n && lastRevision === 2n)).toBe(true)
      expect(await wholeStream(store, stream)).toHaveLength(3)
    })

    it('with any expected revision, ids that are there already give the original answer', async () => {
      const [{ store }, stream] = [subject(), aStream('story')]
      const [one, batch] = [events(1), events(3)]
      const original = await appended(store, stream, 'any', one)
      const originalBatch = await appended(store, stream, 'any', batch)
      expect(await appended(store, stream, 'any', one)).toEqual(original)
      expect(await appended(store, stream, 'any', batch)).toEqual(originalBatch)
      expect(await wholeStream(store, stream)).toHaveLength(4)
    })

    it('with any expected revision, a batch that begins with a known id and goes on with a new one is refused', async () => {
      const [{ store }, stream] = [subject(), aStream('story')]
      const known = anEvent()
      await appended(store, stream, 'any', [known])
      expect(await refused(store, stream, 'any', [known, anEvent()])).toEqual({ _tag: 'WrongExpectedRevision', actual: 0n })
    })

    it('the same id in another stream is another event', async () => {
      const [{ store }, one, other] = [subject(), aStream('story'), aStream('story')]
      const event = anEvent()
      await appended(store, one, 'any', [event])
      expect(await appended(store, other, 'any', [event])).toMatchObject({ firstRevision: 0n })
      expect(await wholeStream(store, other)).toHaveLength(1)
    })
  })
}
