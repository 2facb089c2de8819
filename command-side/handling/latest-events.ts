import type { Decoded } from '../../events/codec.js'
import type { EventStore, StreamName } from '../../events/event-store.js'
import { read } from './kept.js'

/** How far back it is looked for what stands, so that the same again changes nothing. */
const LATEST_EVENTS = 200

/** A stream's latest events, the newest first, as far as somebody looks back for what stands. Throws `StoreReadFailed`. */
export const latestEvents = async function* ({ eventStore }: { readonly eventStore: EventStore }, stream: StreamName): AsyncGenerator<Decoded, void> {
  for await (const recorded of eventStore.read(stream, { from: 'end', direction: 'backwards', limit: LATEST_EVENTS })) yield read(recorded)
}
