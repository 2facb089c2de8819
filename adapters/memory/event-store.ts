import * as E from 'fp-ts/lib/Either.js'
import type { AppendError, Appended, EventStore, ExpectedRevision, NewEvent, RecordedEvent, StreamName } from '../../events/event-store.js'
import { StoreReadFailed } from '../../events/event-store.js'
import { checkAppendSize } from '../append-size.js'
import { followLog } from './follow-log.js'
import { emptyMemoryLog, eventById, record } from './log.js'
import type { MemoryLog } from './log.js'

type Answer = E.Either<AppendError, Appended>

const closedStore: Answer = E.left({ _tag: 'StoreUnavailable', retryAfterMs: 0, reason: 'closed' })
const lastRevisionOf = (stream: ReadonlyArray<RecordedEvent>): bigint => BigInt(stream.length) - 1n

const answerFor = (events: ReadonlyArray<RecordedEvent>): Answer => {
  const [first, last] = [events.at(0), events.at(-1)]
  if (first === undefined || last === undefined) return E.left({ _tag: 'EmptyAppend' })
  return E.right({ firstRevision: first.revision, lastRevision: last.revision, position: last.position })
}

const wrongRevision = (stream: ReadonlyArray<RecordedEvent>): Answer =>
  E.left({ _tag: 'WrongExpectedRevision', actual: stream.length === 0 ? 'no-stream' : lastRevisionOf(stream) })

const appendAnywhere = (log: MemoryLog, name: StreamName, events: ReadonlyArray<NewEvent>): Answer => {
  const known = events.flatMap(({ id }) => eventById(log, name, id) ?? [])
  if (known.length === 0) return answerFor(record(log, name, events))
  return known.length === events.length ? answerFor(known) : wrongRevision(log.streams.get(name) ?? [])
}

const appendAfter = (log: MemoryLog, name: StreamName, last: bigint, events: ReadonlyArray<NewEvent>): Answer => {
  const stream = log.streams.get(name) ?? []
  if (last === lastRevisionOf(stream)) return answerFor(record(log, name, events))
  const start = Number(last) + 1
  const there = stream.slice(start, start + events.length)
  const same = there.length === events.length && events.every(({ id }, index) => there[index]?.id === id)
  return same ? answerFor(there) : wrongRevision(stream)
}

const append = (log: MemoryLog, name: StreamName, expected: ExpectedRevision, events: ReadonlyArray<NewEvent>): Answer => {
  const size = checkAppendSize(events)
  if (E.isLeft(size)) return size
  if (expected === 'any') return appendAnywhere(log, name, events)
  return appendAfter(log, name, expected === 'no-stream' ? -1n : expected.revision, events)
}

const read = function* (log: MemoryLog, name: StreamName, { from, direction, limit }: Parameters<EventStore['read']>[1]) {
  const stream = log.streams.get(name) ?? []
  const end = stream.length - 1
  const start = from === 'start' ? 0 : from === 'end' ? end : Number(from)
  const step = direction === 'forwards' ? 1 : -1
  let index = step === -1 ? Math.min(start, end) : start
  for (let left = limit; left > 0; left -= 1) {
    const event = stream[index]
    if (event === undefined) return
    yield event
    index += step
  }
}

/**
 * The complete event store in memory. Durable as long as `log` is referenced: a second store over the same log sees
 * everything, as after a restart. It remembers the ids of `any` appends for ever. Closing also ends its followers.
 */
export const memoryEventStore = (log: MemoryLog = emptyMemoryLog()): EventStore => {
  const closed = new AbortController()
  return {
    append: (stream, expected, events) => () => Promise.resolve(closed.signal.aborted ? closedStore : append(log, stream, expected, events)),
    read: async function* (stream, options) {
      if (closed.signal.aborted) throw new StoreReadFailed('closed')
      yield* read(log, stream, options)
    },
    follow: (from, signal) => followLog(log, from, AbortSignal.any([signal, closed.signal])),
    close: () => Promise.resolve(closed.abort()),
  }
}
