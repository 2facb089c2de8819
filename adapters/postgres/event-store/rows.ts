import type { Position, RecordedEvent, StreamName } from '../../../events/event-store.js'

const POSITION_DIGITS = 20

/** A `log.recorded`. */
export type EventRow = readonly [
  position: string, name: StreamName, revision: string, id: string, type: string, version: number,
  data: Buffer, metadata: Buffer, sealed: Buffer | null,
]

/** Positions are compared as text, so they all have the same length. */
export const positionOf = (number: bigint | number | string): Position => String(number).padStart(POSITION_DIGITS, '0') as Position

const plain = (bytes: Buffer): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const eventOf = ([position, stream, revision, id, type, version, data, metadata, sealed]: EventRow): RecordedEvent => ({
  stream,
  revision: BigInt(revision),
  position: positionOf(position),
  id,
  type,
  version,
  data: plain(data),
  metadata: plain(metadata),
  sealed: sealed === null ? undefined : plain(sealed),
})
