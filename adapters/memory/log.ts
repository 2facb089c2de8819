import type { NewEvent, Position, RecordedEvent, StreamName } from '../../events/event-store.js'

const POSITION_DIGITS = 20

/** What outlives a store in memory, as a disk outlives a process: give it to a second store to "restart". */
export interface MemoryLog {
  readonly events: RecordedEvent[]
  readonly streams: Map<StreamName, RecordedEvent[]>
  readonly byId: Map<string, RecordedEvent>
  readonly waiting: Set<() => void>
}

export const emptyMemoryLog = (): MemoryLog => ({ events: [], streams: new Map(), byId: new Map(), waiting: new Set() })

const identity = (stream: StreamName, id: string): string => `${stream} ${id}`

/** The event of that id in that stream, if there is one. */
export const eventById = (log: MemoryLog, stream: StreamName, id: string): RecordedEvent | undefined => log.byId.get(identity(stream, id))

/** Adds events to the end of a stream and of the log, as copies, and wakes all followers. */
export const record = (log: MemoryLog, name: StreamName, events: ReadonlyArray<NewEvent>): ReadonlyArray<RecordedEvent> => {
  const stream = log.streams.get(name) ?? []
  const recorded = events.map((event, index): RecordedEvent => ({
    id: event.id,
    type: event.type,
    version: event.version,
    data: event.data.slice(),
    metadata: event.metadata.slice(),
    sealed: event.sealed?.slice(),
    stream: name,
    revision: BigInt(stream.length + index),
    position: String(log.events.length + index).padStart(POSITION_DIGITS, '0') as Position,
  }))
  stream.push(...recorded)
  log.events.push(...recorded)
  log.streams.set(name, stream)
  for (const event of recorded) log.byId.set(identity(name, event.id), event)
  for (const wake of log.waiting) wake()
  return recorded
}
