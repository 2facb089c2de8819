import type { RecordedEvent, StreamName } from '../../../events/event-store.js'
import { positionOf } from './rows.js'

/** Of a `log.recorded`, as `recordedOf` reads them: first those of a fixed length. */
export const tupleColumns = 'position, revision, version, id::text, type, name, data, metadata, sealed'

const COUNT_BYTES = 2
const LENGTH_BYTES = 4
const BIGINT_BYTES = 8
const INTEGER_BYTES = 4
const HIGH_WORD = 2 ** 32

const POSITION_AT = COUNT_BYTES + LENGTH_BYTES
const REVISION_AT = POSITION_AT + BIGINT_BYTES + LENGTH_BYTES
const VERSION_AT = REVISION_AT + BIGINT_BYTES + LENGTH_BYTES
const REST_AT = VERSION_AT + INTEGER_BYTES

/** Below 2^53, as every number of events is. */
const numberAt = (tuple: Buffer, at: number): number => tuple.readInt32BE(at) * HIGH_WORD + tuple.readUInt32BE(at + INTEGER_BYTES)

/** An event from its tuple in COPY's binary format, whose memory it keeps. */
export const recordedOf = (tuple: Buffer): RecordedEvent => {
  let at = REST_AT
  const end = (): number => {
    const length = tuple.readInt32BE(at)
    at += LENGTH_BYTES
    return at + length
  }
  const text = (): string => tuple.toString('utf8', at + LENGTH_BYTES, (at = end()))
  const bytes = (): Uint8Array => new Uint8Array(tuple.buffer, tuple.byteOffset + at + LENGTH_BYTES, -at - LENGTH_BYTES + (at = end()))
  const [id, type, stream, data, metadata] = [text(), text(), text(), bytes(), bytes()]
  return {
    stream: stream as StreamName,
    revision: BigInt(numberAt(tuple, REVISION_AT)),
    position: positionOf(numberAt(tuple, POSITION_AT)),
    id,
    type,
    version: tuple.readInt32BE(VERSION_AT),
    data,
    metadata,
    sealed: tuple.readInt32BE(at) < 0 ? undefined : bytes(),
  }
}
