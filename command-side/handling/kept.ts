import * as E from 'fp-ts/lib/Either.js'
import { decode, type Decoded } from '../../events/codec.js'
import type { Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import { eventHash } from '../../events/hash-chain.js'
import type { AnyEvent } from '../../events/registry.js'
import type { Snapshot } from '../ports.js'
import type { Aggregate } from './aggregate.js'
import { counted, devicesFrom, noDevices, rowsOf, type Devices } from './devices.js'
import type { Fact } from './draft.js'

/** The latest event of a stream, as far as the next one and its acknowledgement need it. */
export interface Last {
  readonly revision: bigint
  readonly hash: string
  readonly recordedAt: number
  readonly position: Position
}

/** What is kept of a stream: its aggregate's state and what the handler must know beside it. */
export interface Kept<State> {
  readonly state: State
  /** Undefined when the stream is not there. */
  readonly last: Last | undefined
  readonly devices: Devices
  readonly sinceSnapshot: number
  /** What it weighs: bytes of its last snapshot and of what came after; never less than the state would take as one. */
  readonly bytes: number
}

type AnyAggregate<State> = Pick<Aggregate<State, never, AnyEvent, unknown>, 'snapshotSchema' | 'encodeState' | 'decodeState'> & {
  readonly decider: { readonly initialState: State; readonly evolve: (state: State, event: Fact<AnyEvent>) => State }
}

/** An aggregate as the handler folds it. Its stream carries events of its own category only, so any event may be given. */
export const folding = <State, Command, Event extends AnyEvent, Rejection, Recorded extends Fact<Event>>(
  aggregate: Aggregate<State, Command, Event, Rejection, Recorded>,
): AnyAggregate<State> => aggregate as unknown as AnyAggregate<State>

export type Folding<State> = AnyAggregate<State>

const EMPTY_BYTES = 256

export const nothingKept = <State>({ decider }: Folding<State>): Kept<State> => ({
  state: decider.initialState, last: undefined, devices: noDevices, sinceSnapshot: 0, bytes: EMPTY_BYTES,
})

/** Reads an event of a stream of ours. One that cannot be read is a defect: nothing is decided on half a stream. */
export const read = (recorded: RecordedEvent): Decoded => {
  const event = decode(recorded)
  if (E.isLeft(event)) throw new Error(`${recorded.stream} cannot be read at ${recorded.revision}: ${event.left._tag} ${event.left.type}`)
  return event.right
}

/** What is kept after one more event of the stream. */
export const after = <State>(aggregate: Folding<State>, kept: Kept<State>, recorded: RecordedEvent): Kept<State> => {
  const event = read(recorded)
  const { stream, revision, position } = recorded
  return {
    state: aggregate.decider.evolve(kept.state, event),
    last: { revision, position, hash: eventHash(stream, revision, recorded), recordedAt: event.metadata.recordedAt },
    devices: counted(kept.devices, event.metadata, event.revision),
    sinceSnapshot: kept.sinceSnapshot + 1,
    bytes: kept.bytes + recorded.data.length,
  }
}

const HANDLING_SCHEMA = 1
const SCHEMAS_OF_AN_AGGREGATE = 1_000

/** Raised with every change of the handler's part or the aggregate's. */
export const schemaOf = ({ snapshotSchema }: Pick<Folding<unknown>, 'snapshotSchema'>): number =>
  HANDLING_SCHEMA * SCHEMAS_OF_AN_AGGREGATE + snapshotSchema

const HEADER_BYTES = 4

/** Layout of `state`: length of the devices (4, big-endian) ‖ devices as JSON ‖ the aggregate's own bytes. */
export const snapshotOf = <State>(aggregate: Folding<State>, stream: StreamName, { state, last, devices }: Kept<State>): Snapshot | undefined => {
  if (last === undefined) return undefined
  const rows = Buffer.from(JSON.stringify(rowsOf(devices)))
  const length = Buffer.alloc(HEADER_BYTES)
  length.writeUInt32BE(rows.length)
  return {
    stream, revision: last.revision, schema: schemaOf(aggregate), hash: last.hash,
    state: Buffer.concat([length, rows, aggregate.encodeState(state)]),
  }
}

/** What a snapshot kept, given the event at its revision. None when the snapshot is not of this very stream, or does not read. */
export const restored = <State>(aggregate: Folding<State>, snapshot: Snapshot, recorded: RecordedEvent): Kept<State> | undefined => {
  const { stream, revision, position } = recorded
  if (revision !== snapshot.revision || eventHash(stream, revision, recorded) !== snapshot.hash) return undefined
  try {
    const bytes = Buffer.from(snapshot.state)
    const stateAt = HEADER_BYTES + bytes.readUInt32BE(0)
    return {
      state: aggregate.decodeState(bytes.subarray(stateAt)),
      last: { revision, position, hash: snapshot.hash, recordedAt: read(recorded).metadata.recordedAt },
      devices: devicesFrom(JSON.parse(bytes.toString('utf8', HEADER_BYTES, stateAt))),
      sinceSnapshot: 0,
      bytes: EMPTY_BYTES + bytes.length,
    }
  } catch {
    return undefined
  }
}
