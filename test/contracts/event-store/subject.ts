import { randomUUID } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'
import { uuidv7 } from 'uuidv7'
import type { AppendError, Appended, EventStore, ExpectedRevision, NewEvent, RecordedEvent, StreamName } from '../../../events/event-store.js'

/** An event store under test, and what the suite may do to it. The log may hold events of others. */
export interface OpenStore {
  readonly store: EventStore
  /** Closes the store and opens its log again, as a restart of the process does. */
  readonly reopen: () => Promise<EventStore>
  /** Closes whatever is open and removes what the test wrote, where the store is the test's own. */
  readonly close: () => Promise<void>
  /**
   * Keeps appends that have begun open before they become visible, until the returned function is called; which ones
   * (the first, every second, all) is the adapter's matter. Where it is missing, nothing can be held open.
   */
  readonly holdAppends?: () => Promise<() => Promise<void>>
  /** Cuts every connection of the store, as a failing network does. Resolves when they are cut. */
  readonly dropConnections?: () => Promise<void>
}

/** Always the store that is open now, also after a reopening. */
export type Subject = () => OpenStore

const encoder = new TextEncoder()

export const bytes = (text: string): Uint8Array => encoder.encode(text)

export const aStream = (category = 'conversation'): StreamName => `${category}-${uuidv7()}` as StreamName

export const anEvent = (changes: Partial<NewEvent> = {}): NewEvent => ({
  id: uuidv7(),
  type: 'MessageSent',
  version: 1,
  data: bytes(JSON.stringify({ text: randomUUID() })),
  metadata: bytes('{"actor":"hanna","previous":null}'),
  sealed: bytes('sealed'),
  ...changes,
})

export const events = (count: number, changes: Partial<NewEvent> = {}): ReadonlyNonEmptyArray<NewEvent> => {
  const [first, ...others] = Array.from({ length: count }, () => anEvent(changes))
  return [first ?? anEvent(changes), ...others]
}

/** An event whose data, metadata and sealed bytes together are exactly `size` bytes. */
export const anEventOf = (size: number): NewEvent => {
  const metadata = bytes('{}')
  const sealed = new Uint8Array(Math.floor(size / 2)).fill(0xa5)
  const frame = '{"text":""}'.length
  const data = bytes(JSON.stringify({ text: 'x'.repeat(size - metadata.length - sealed.length - frame) }))
  return anEvent({ data, metadata, sealed })
}

export const eventsOf = (count: number, size: number): ReadonlyNonEmptyArray<NewEvent> => [
  anEventOf(size),
  ...Array.from({ length: count - 1 }, () => anEventOf(size)),
]

export const at = (revision: number): ExpectedRevision => ({ revision: BigInt(revision) })

/** Appends and expects it to be accepted. */
export const appended = async (
  store: EventStore, stream: StreamName, expected: ExpectedRevision, batch: ReadonlyNonEmptyArray<NewEvent>,
): Promise<Appended> => {
  const answer = await store.append(stream, expected, batch)()
  if (E.isLeft(answer)) throw new Error(`append refused: ${answer.left._tag}`, { cause: answer.left })
  return answer.right
}

/** Appends and expects it to be refused. */
export const refused = async (
  store: EventStore, stream: StreamName, expected: ExpectedRevision, batch: ReadonlyNonEmptyArray<NewEvent>,
): Promise<AppendError> => {
  const answer = await store.append(stream, expected, batch)()
  if (E.isRight(answer)) throw new Error(`append accepted at revision ${answer.right.lastRevision}`)
  return answer.left
}

/** Appends as a caller has to: an unknown outcome is asked for again with the same ids, after the time the store names. */
export const appendedAtLast = async (
  store: EventStore, stream: StreamName, expected: ExpectedRevision, batch: ReadonlyNonEmptyArray<NewEvent>, attempts = 200,
): Promise<E.Either<AppendError, Appended>> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await store.append(stream, expected, batch)()
    if (E.isRight(answer) || answer.left._tag !== 'StoreUnavailable' || attempt === attempts) return answer
    await after(answer.left.retryAfterMs)
  }
}

export const wholeStream = (store: EventStore, stream: StreamName): Promise<ReadonlyArray<RecordedEvent>> =>
  collect(store.read(stream, { from: 'start', direction: 'forwards', limit: 100_000 }))

export const collect = async <A>(items: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const collected: A[] = []
  for await (const item of items) collected.push(item)
  return collected
}
