import * as E from 'fp-ts/lib/Either.js'
import type { IHeaders, KafkaMessage } from 'kafkajs'
import type { Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import type { Place } from '../feed/places.js'

// The layout of records is persisted for ever (docs/kafka.md).

/** What is sent: a record of an event, or a tick (no key, no value, the watermark alone). */
export interface OutgoingRecord {
  readonly key: string | null
  readonly value: Buffer | null
  readonly headers: IHeaders
}

export interface RecordMalformed {
  readonly _tag: 'RecordMalformed'
  readonly offset: string
  readonly reason: string
}

/** What a record says: perhaps an event, perhaps how far all partitions had come when it was sent. */
export interface ReadRecord {
  readonly event: RecordedEvent | undefined
  readonly watermark: Position | undefined
}

type IncomingRecord = Pick<KafkaMessage, 'value' | 'headers' | 'offset'>

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
const beforeData = '{"data":'
const beforeMetadata = (id: string): string => `,"id":${JSON.stringify(id)},"metadata":`

const watermarkHeader = (watermark: Place): IHeaders => (watermark === 'start' ? {} : { watermark })

/**
 * The record of an event. Its value is one JSON object in the order of RFC 8785; `data` and `metadata` stand in it byte for
 * byte, and the headers `data-bytes` and `metadata-bytes` say how long they are, so that they come back exactly.
 * `watermark`: everything up to there had been acknowledged by all partitions before this record was sent.
 */
export const recordOf = (event: RecordedEvent, watermark: Place): OutgoingRecord => {
  const { stream, revision, position, id, type, version, data, metadata, sealed } = event
  const sealedMember = sealed === undefined ? '' : `,"sealed":"${Buffer.from(sealed).toString('base64')}"`
  const value = Buffer.from(
    `${beforeData}${text(data)}${beforeMetadata(id)}${text(metadata)},"position":${JSON.stringify(position)},"revision":${revision}` +
      `${sealedMember},"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)},"version":${version}}`,
  )
  const headers = { position, 'data-bytes': String(data.length), 'metadata-bytes': String(metadata.length), ...watermarkHeader(watermark) }
  return { key: stream, value, headers }
}

/** The record that only says how far all partitions have come. */
export const tickOf = (watermark: Position): OutgoingRecord => ({ key: null, value: null, headers: { watermark } })

const header = (record: IncomingRecord, name: string): string | undefined => {
  const value = record.headers?.[name]
  return value === undefined || Array.isArray(value) ? undefined : value.toString()
}

interface Envelope {
  readonly stream: StreamName
  readonly revision: number
  readonly position: Position
  readonly id: string
  readonly type: string
  readonly version: number
  readonly sealed?: string
}

const isEnvelope = (value: unknown): value is Envelope => {
  if (typeof value !== 'object' || value === null) return false
  const { stream, revision, position, id, type, version, sealed } = value as Record<string, unknown>
  const areTexts = [stream, position, id, type, sealed ?? ''].every((member) => typeof member === 'string')
  return areTexts && Number.isSafeInteger(revision) && Number.isSafeInteger(version)
}

const eventOf = (record: IncomingRecord, value: Buffer): RecordedEvent | string => {
  const envelope: unknown = JSON.parse(value.toString('utf8'))
  if (!isEnvelope(envelope)) return 'no envelope of ours'
  const { stream, revision, position, id, type, version, sealed } = envelope
  const dataEnd = beforeData.length + Number(header(record, 'data-bytes'))
  const metadataStart = dataEnd + Buffer.byteLength(beforeMetadata(id))
  const metadataEnd = metadataStart + Number(header(record, 'metadata-bytes'))
  if (value.toString('utf8', dataEnd, metadataStart) !== beforeMetadata(id)) return 'its lengths do not fit'
  const [data, metadata] = [value.subarray(beforeData.length, dataEnd), value.subarray(metadataStart, metadataEnd)]
  const sealedBytes = sealed === undefined ? undefined : Buffer.from(sealed, 'base64')
  return { stream, revision: BigInt(revision), position, id, type, version, data, metadata, sealed: sealedBytes }
}

/** How far all partitions had come when the record was sent; undefined on records that do not say. */
export const watermarkOf = (record: IncomingRecord): Position | undefined => header(record, 'watermark') as Position | undefined

/** The position of the record's event without reading its value; undefined for a tick. */
export const positionOf = (record: IncomingRecord): Position | undefined => header(record, 'position') as Position | undefined

/** Reads what `recordOf` and `tickOf` made. */
export const readRecord = (record: IncomingRecord): E.Either<RecordMalformed, ReadRecord> => {
  const malformed = (reason: string) => E.left<RecordMalformed>({ _tag: 'RecordMalformed', offset: record.offset, reason })
  const watermark = watermarkOf(record)
  if (record.value === null) return watermark === undefined ? malformed('neither an event nor a watermark') : E.right({ event: undefined, watermark })
  try {
    const event = eventOf(record, record.value)
    return typeof event === 'string' ? malformed(event) : E.right({ event, watermark })
  } catch (error) {
    return malformed(String(error))
  }
}
