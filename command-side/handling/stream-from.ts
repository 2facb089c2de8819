import type { EventStore, RecordedEvent, StreamName } from '../../events/event-store.js'

const PAGE_EVENTS = 500

/** A stream from a revision (inclusive) to its end, read in pages. Throws `StoreReadFailed`. */
export const streamFrom = async function* (eventStore: EventStore, stream: StreamName, from: bigint): AsyncGenerator<RecordedEvent, void> {
  let next = from
  for (let count = PAGE_EVENTS; count === PAGE_EVENTS; ) {
    count = 0
    for await (const event of eventStore.read(stream, { from: next, direction: 'forwards', limit: PAGE_EVENTS })) {
      count += 1
      next = event.revision + 1n
      yield event
    }
  }
}
