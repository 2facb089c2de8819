import { writeUuid } from './binary-array.js'

const CHUNK_BYTES = 64 * 1024
const FIRST_BYTES = CHUNK_BYTES + 16 * 1024
const COUNT_BYTES = 2
const LENGTH_BYTES = 4
const INTEGER_BYTES = 4
const UUID_BYTES = 16
const NULL_LENGTH = -1
/** Of one character in UTF-8, as JavaScript counts characters. */
const CHARACTER_BYTES = 3

/** Writes rows as tuples of COPY's binary format: `row`, then every column of it in order; `undefined` is NULL. */
export interface TupleWriter {
  readonly row: (columns: number) => void
  readonly integer: (value: number) => void
  /** Throws on text that is no UUID. */
  readonly uuid: (value: string | undefined) => void
  readonly text: (value: string) => void
  readonly bytes: (value: Uint8Array | undefined) => void
  /** How much was written since the last `take`. */
  readonly length: () => number
  /** What was written since, for `copyIn`: in memory that is written anew from now on. */
  readonly take: () => Buffer
}

export const tupleWriter = (): TupleWriter => {
  let [buffer, at] = [Buffer.allocUnsafeSlow(FIRST_BYTES), 0]
  const reserve = (bytes: number): void => {
    if (at + LENGTH_BYTES + bytes <= buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * buffer.length, at + LENGTH_BYTES + bytes))
    buffer.copy(larger, 0, 0, at)
    buffer = larger
  }
  const begin = (bytes: number): void => {
    reserve(bytes)
    at = buffer.writeInt32BE(bytes, at)
  }
  return {
    row: (columns) => {
      reserve(COUNT_BYTES)
      at = buffer.writeInt16BE(columns, at)
    },
    integer: (value) => {
      begin(INTEGER_BYTES)
      at = buffer.writeInt32BE(value, at)
    },
    uuid: (value) => {
      reserve(UUID_BYTES)
      at = writeUuid(buffer, value, at)
    },
    text: (value) => {
      reserve(value.length * CHARACTER_BYTES)
      const bytes = buffer.write(value, at + LENGTH_BYTES, 'utf8')
      at = buffer.writeInt32BE(bytes, at) + bytes
    },
    bytes: (value) => {
      if (value === undefined) {
        reserve(0)
        at = buffer.writeInt32BE(NULL_LENGTH, at)
        return
      }
      begin(value.byteLength)
      buffer.set(value, at)
      at += value.byteLength
    },
    length: () => at,
    take: () => {
      const written = buffer.subarray(0, at)
      at = 0
      return written
    },
  }
}

/** Rows as chunks for `copyIn`, of a size at which a copy more does not matter. */
export const tupleChunks = function* <Row>(rows: Iterable<Row>, write: (tuples: TupleWriter, row: Row) => void): Generator<Buffer> {
  const tuples = tupleWriter()
  for (const row of rows) {
    write(tuples, row)
    if (tuples.length() >= CHUNK_BYTES) yield tuples.take()
  }
  yield tuples.take()
}
