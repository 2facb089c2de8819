import type { RecordedEvent } from '../../events/event-store.js'
import { arrayOf } from './array-literal.js'

const NO_SEAL = -1

/** Bytes of many events as one binary parameter, which Postgres takes apart; as arrays they would travel as hexadecimal text. */
export interface PackedBytes {
  /** Where an event's bytes start (from 1), and how many of each there are, as array literals. */
  readonly starts: string
  readonly data: string
  readonly metadata: string
  readonly sealed: string
  readonly body: Buffer
}

const sizeOf = ({ data, metadata, sealed }: RecordedEvent): number => data.byteLength + metadata.byteLength + (sealed?.byteLength ?? 0)

export const packedBytes = (events: ReadonlyArray<RecordedEvent>): PackedBytes => {
  const body = Buffer.allocUnsafe(events.reduce((sum, event) => sum + sizeOf(event), 0))
  const starts: number[] = []
  let at = 0
  for (const event of events) {
    starts.push(at + 1)
    for (const bytes of [event.data, event.metadata, ...(event.sealed === undefined ? [] : [event.sealed])]) {
      body.set(bytes, at)
      at += bytes.byteLength
    }
  }
  return {
    starts: arrayOf(starts),
    data: arrayOf(events.map(({ data }) => data.byteLength)),
    metadata: arrayOf(events.map(({ metadata }) => metadata.byteLength)),
    sealed: arrayOf(events.map(({ sealed }) => sealed?.byteLength ?? NO_SEAL)),
    body,
  }
}

/** The columns data, metadata and sealed of a row `w (… start, data_bytes, metadata_bytes, sealed_bytes)`; `body` names the parameter. */
export const unpackedColumns = (body: string): string => `
  substring(${body}::bytea FROM w.start FOR w.data_bytes),
  substring(${body}::bytea FROM w.start + w.data_bytes FOR w.metadata_bytes),
  CASE WHEN w.sealed_bytes >= 0 THEN substring(${body}::bytea FROM w.start + w.data_bytes + w.metadata_bytes FOR w.sealed_bytes) END`
