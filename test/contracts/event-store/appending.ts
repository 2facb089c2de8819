import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { EventStore, NewEvent, StreamName } from '../../../events/event-store.js'
import { anEvent, appended, at, aStream, bytes, events, refused, wholeStream } from './subject.js'
import type { Subject } from './subject.js'

const WRITERS = 64
const APPENDS_EACH = 20

const TRIES = 10_000

/** Appends at the end of a stream that others append to as well, as a command handler does. A store that is closed meanwhile ends it. */
const appendAtEnd = async (store: EventStore, stream: StreamName, event: NewEvent, known: bigint): Promise<bigint> => {
  for (let [last, tries] = [known, 0]; tries < TRIES; tries += 1) {
    const answer = await store.append(stream, last === -1n ? 'no-stream' : { revision: last }, [event])()
    if (E.isRight(answer)) return answer.right.lastRevision
    if (answer.left._tag === 'WrongExpectedRevision') last = answer.left.actual === 'no-stream' ? -1n : answer.left.actual
    else if (answer.left._tag !== 'StoreUnavailable') throw new Error(answer.left._tag)
  }
  throw new Error(`not appended in ${TRIES} tries`)
}

export const appending = (subject: Subject): void => {
  describe('appending', () => {
    it('L1: revisions are contiguous from 0, over single appends and batches', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      expect(await appended(store, stream, 'no-stream', events(1))).toMatchObject({ firstRevision: 0n, lastRevision: 0n })
      expect(await appended(store, stream, at(0), events(3))).toMatchObject({ firstRevision: 1n, lastRevision: 3n })
      expect(await appended(store, stream, 'any', events(2))).toMatchObject({ firstRevision: 4n, lastRevision: 5n })
      expect((await wholeStream(store, stream)).map(({ revision }) => revision)).toEqual([0n, 1n, 2n, 3n, 4n, 5n])
    })

    it('the answer names the position of the last event, and positions grow', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const first = await appended(store, stream, 'no-stream', events(2))
      const second = await appended(store, stream, at(1), events(2))
      const positions = (await wholeStream(store, stream)).map(({ position }) => position)
      expect([positions[1], positions[3]]).toEqual([first.position, second.position])
      expect(positions).toEqual([...new Set(positions)].sort())
    })

    it('a wrong expected revision is refused with the actual one', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      expect(await refused(store, stream, at(0), events(1))).toEqual({ _tag: 'WrongExpectedRevision', actual: 'no-stream' })
      await appended(store, stream, 'no-stream', events(3))
      expect(await refused(store, stream, 'no-stream', events(1))).toEqual({ _tag: 'WrongExpectedRevision', actual: 2n })
      expect(await refused(store, stream, at(0), events(1))).toEqual({ _tag: 'WrongExpectedRevision', actual: 2n })
      expect(await refused(store, stream, at(7), events(1))).toEqual({ _tag: 'WrongExpectedRevision', actual: 2n })
      expect(await wholeStream(store, stream)).toHaveLength(3)
    })

    it('one refused event keeps its whole batch out', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      await appended(store, stream, 'no-stream', events(1))
      await refused(store, stream, 'no-stream', events(5))
      expect(await wholeStream(store, stream)).toHaveLength(1)
    })

    it('everything comes back as it went in, byte for byte', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const everyByte = Uint8Array.from({ length: 256 }, (_, value) => value)
      const written = [
        anEvent({ sealed: everyByte, version: 7, type: 'MessageEdited' }),
        anEvent({ sealed: undefined, metadata: bytes('{}') }),
        anEvent({ sealed: new Uint8Array(0), data: bytes('{"a":1e+30,"b":[1,2.5,null],"metadata":"sealed"}') }),
        anEvent({ data: bytes('{"text":"日本語 🫖 é e\u0301 \u2028 \\u0000 \\"quoted\\""}'), metadata: bytes('{"actor":"Žofie 👩‍👩‍👧"}') }),
      ] as const
      await appended(store, stream, 'no-stream', written)
      const read = await wholeStream(store, stream)
      const plain = (event: NewEvent) => ({
        id: event.id, type: event.type, version: event.version,
        data: [...event.data], metadata: [...event.metadata], sealed: event.sealed && [...event.sealed],
      })
      expect(read.map(plain)).toEqual(written.map(plain))
      expect(read.every((event) => event.stream === stream)).toBe(true)
    })

    it('L3: 64 writers with 20 appends each on one stream: none lost, none doubled', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const writer = async () => {
        const batch = events(APPENDS_EACH)
        let last = -1n
        for (const event of batch) last = await appendAtEnd(store, stream, event, last)
        return batch.map(({ id }) => id)
      }
      const written = await Promise.all(Array.from({ length: WRITERS }, writer))
      const read = await wholeStream(store, stream)
      expect(read.map(({ revision }) => Number(revision))).toEqual(Array.from({ length: WRITERS * APPENDS_EACH }, (_, index) => index))
      expect(read.map(({ id }) => id).sort()).toEqual(written.flat().sort())
      for (const ids of written) expect(read.map(({ id }) => id).filter((id) => ids.includes(id))).toEqual(ids)
    })

    it('closing is idempotent, and a closed store answers with an error', async () => {
      const { reopen, store } = subject()
      await store.close()
      await store.close()
      expect(await refused(store, aStream(), 'no-stream', events(1))).toMatchObject({ _tag: 'StoreUnavailable' })
      const stream = aStream()
      await appended(await reopen(), stream, 'no-stream', events(1))
      expect(await wholeStream(subject().store, stream)).toHaveLength(1)
    })
  })
}
