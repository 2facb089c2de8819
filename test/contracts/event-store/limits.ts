import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { describe, expect, it } from 'vitest'
import type { NewEvent } from '../../../events/event-store.js'
import { limits } from '../../../events/limits.js'
import { anEvent, anEventOf, appended, aStream, bytes, events, eventsOf, refused, wholeStream } from './subject.js'
import type { Subject } from './subject.js'

const nothing = [] as ReadonlyArray<NewEvent> as ReadonlyNonEmptyArray<NewEvent>
const fullAppend = () => eventsOf(limits.appendBytes / limits.eventBytes, limits.eventBytes)

const sameBytes = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one !== undefined && other !== undefined && Buffer.compare(one, other) === 0

export const sizeLimits = (subject: Subject): void => {
  describe('limits', () => {
    it('an empty append is refused', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      expect(await refused(store, stream, 'no-stream', nothing)).toEqual({ _tag: 'EmptyAppend' })
      expect(await refused(store, stream, 'any', nothing)).toEqual({ _tag: 'EmptyAppend' })
    })

    it('as many events as an append may have are appended, one more is refused', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const most = events(limits.appendEvents)
      const tooMany = events(limits.appendEvents + 1)
      expect(await refused(store, stream, 'no-stream', tooMany))
        .toMatchObject({ _tag: 'AppendTooLarge', events: limits.appendEvents + 1, limit: limits.appendEvents })
      expect(await appended(store, stream, 'no-stream', most)).toMatchObject({ lastRevision: BigInt(limits.appendEvents - 1) })
      expect((await wholeStream(store, stream)).map(({ id }) => id)).toEqual(most.map(({ id }) => id))
    })

    it('an event of exactly the largest size is appended and comes back', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const largest = anEventOf(limits.eventBytes)
      const sealedOnly = anEvent({ data: bytes('{}'), metadata: bytes('{}'), sealed: new Uint8Array(limits.eventBytes - 4).fill(1) })
      const metadataOnly = anEvent({ data: bytes('{}'), metadata: bytes(`{"a":"${'é'.repeat(limits.eventBytes / 2 - 5)}"}`), sealed: undefined })
      await appended(store, stream, 'no-stream', [largest, sealedOnly, metadataOnly])
      const [first, second, third] = await wholeStream(store, stream)
      expect([
        sameBytes(first?.data, largest.data),
        sameBytes(first?.sealed, largest.sealed),
        sameBytes(second?.sealed, sealedOnly.sealed),
        sameBytes(third?.metadata, metadataOnly.metadata),
      ]).toEqual([true, true, true, true])
    })

    it('an event one byte over the largest size is refused, with its whole batch', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const tooLarge = anEventOf(limits.eventBytes + 1)
      expect(await refused(store, stream, 'no-stream', [anEvent(), tooLarge]))
        .toEqual({ _tag: 'EventTooLarge', eventId: tooLarge.id, bytes: limits.eventBytes + 1, limit: limits.eventBytes })
      expect(await wholeStream(store, stream)).toEqual([])
    })

    it('an append of exactly the largest size is appended, a larger one is refused', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const largest = fullAppend()
      const one = anEvent({ data: bytes('{}'), metadata: bytes('{}'), sealed: undefined })
      expect(await refused(store, stream, 'no-stream', [one, ...fullAppend()])).toEqual({
        _tag: 'AppendTooLarge', bytes: limits.appendBytes + 4, events: largest.length + 1, limit: limits.appendBytes,
      })
      await appended(store, stream, 'no-stream', largest)
      expect(await wholeStream(store, stream)).toHaveLength(largest.length)
    })
  })
}
