import type { AnyEvent } from '../../events/registry.js'
import type { Decider } from './decider.js'
import type { Draft, Fact } from './draft.js'

/**
 * A decider with what the handler needs to keep its state: in memory and as a snapshot. `Recorded` is what it reads of an
 * event where that is more than the fact itself: its revision, say, or when it was recorded.
 */
export interface Aggregate<State, Command, Event extends AnyEvent, Rejection, Recorded extends Fact<Event> = Fact<Event>> {
  readonly decider: Decider<State, Command, Draft<Event>, Rejection, Recorded>
  /** Raised with every change of the state's shape: snapshots of another number are ignored. */
  readonly snapshotSchema: number
  /** Bytes that `decodeState` reads back into an equal state. */
  readonly encodeState: (state: State) => Uint8Array
  /** Throws on bytes that `encodeState` of this schema did not write; the caller then reads the stream. */
  readonly decodeState: (bytes: Uint8Array) => State
}
