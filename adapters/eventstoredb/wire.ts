import type { AllStreamRecordedEvent, BinaryEventType, EventData, RecordedEvent as ClientEvent } from '@eventstore/db-client'
import type { NewEvent, Position, RecordedEvent, StreamName } from '../../events/event-store.js'

const POSITION_DIGITS = 20
/** The server says "no position" with the largest number it has. */
const LARGEST_POSITION = 9_223_372_036_854_775_807n

/** The commit position of an event, padded: every event that a server since 20.6 writes is a commit of its own. */
export const positionOf = (commit: bigint): Position => commit.toString().padStart(POSITION_DIGITS, '0') as Position
export const commitOf = (position: Position): bigint => BigInt(position)
export const knownPosition = (commit: bigint | undefined): Position | undefined =>
  commit === undefined || commit < 0n || commit > LARGEST_POSITION ? undefined : positionOf(commit)

/** What lies in an event's custom metadata: `metadata` is the canonical JSON text, `sealed` is base64. */
interface Envelope {
  readonly version: number
  readonly metadata: string
  readonly sealed?: string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/**
 * An event for the client, as bytes that it hands on untouched: it would turn a Buffer into JSON and parse JSON that it reads.
 * `data` is stored exactly as given, under the content type of bytes. Throws for metadata that is not UTF-8: canonical JSON is.
 */
export const toClient = (event: NewEvent): EventData<BinaryEventType> => {
  const envelope: Envelope = {
    version: event.version,
    metadata: decoder.decode(event.metadata),
    ...(event.sealed === undefined ? {} : { sealed: Buffer.from(plain(event.sealed)).toString('base64') }),
  }
  return {
    id: event.id,
    type: event.type,
    contentType: 'application/octet-stream',
    data: plain(event.data),
    metadata: encoder.encode(JSON.stringify(envelope)),
  }
}

const isEnvelope = (value: unknown): value is Envelope =>
  typeof value === 'object' && value !== null
  && 'version' in value && typeof value.version === 'number'
  && 'metadata' in value && typeof value.metadata === 'string'
  && (!('sealed' in value) || typeof value.sealed === 'string')

/** An event as it was appended, position apart; undefined for an event that another program wrote. */
export const fromClient = (event: ClientEvent | AllStreamRecordedEvent): Omit<RecordedEvent, 'position'> | undefined => {
  if (!(event.data instanceof Uint8Array) || !isEnvelope(event.metadata)) return undefined
  const { version, metadata, sealed } = event.metadata
  return {
    stream: event.streamId as StreamName,
    revision: event.revision,
    id: event.id,
    type: event.type,
    version,
    data: plain(event.data),
    metadata: encoder.encode(metadata),
    sealed: sealed === undefined ? undefined : Uint8Array.from(Buffer.from(sealed, 'base64')),
  }
}
