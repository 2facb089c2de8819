import type { Position, RecordedEvent, StreamName } from '../../events/event-store.js'

/** A recorded event as JSON has it. */
export type EventFields = readonly [
  stream: string, revision: string, position: string, id: string, type: string, version: number, data: string, metadata: string, sealed: string | null,
]

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

export const eventFields = ({ stream, revision, position, id, type, version, data, metadata, sealed }: RecordedEvent): EventFields =>
  [stream, String(revision), position, id, type, version, text(data), text(metadata), sealed === undefined ? null : Buffer.from(sealed).toString('base64')]

export const isText = (value: unknown): value is string => typeof value === 'string'
export const isWhole = (value: unknown): value is number => Number.isSafeInteger(value)

export const isEventFields = (value: unknown): value is EventFields => {
  if (!Array.isArray(value) || value.length !== 9) return false
  const [stream, revision, position, id, type, version, data, metadata, sealed] = value as unknown[]
  return [stream, revision, position, id, type, data, metadata].every(isText) && isWhole(version) && (sealed === null || isText(sealed))
}

export const eventOfFields = ([stream, revision, position, id, type, version, data, metadata, sealed]: EventFields): RecordedEvent => ({
  stream: stream as StreamName, revision: BigInt(revision), position: position as Position, id, type, version,
  data: Buffer.from(data, 'utf8'), metadata: Buffer.from(metadata, 'utf8'), sealed: sealed === null ? undefined : Buffer.from(sealed, 'base64'),
})
