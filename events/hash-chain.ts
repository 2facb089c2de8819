import { createHash } from 'node:crypto'
import type { NewEvent, RecordedEvent, StreamName } from './event-store.js'

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')

/**
 * Hash of an event: SHA-256, base64url, of the canonical bytes (RFC 8785) of
 * `{ data, id, metadata, revision, stream, type, version }`: all but `position` and `sealed`. `data` and `metadata`
 * are canonical already, so the object is put together as text, its members in order.
 */
export const eventHash = (stream: StreamName, revision: bigint, event: Omit<NewEvent, 'sealed'>): string =>
  createHash('sha256')
    .update(`{"data":${text(event.data)},"id":${JSON.stringify(event.id)},"metadata":${text(event.metadata)}`)
    .update(`,"revision":${revision},"stream":${JSON.stringify(stream)},"type":${JSON.stringify(event.type)},"version":${event.version}}`)
    .digest('base64url')

export type ChainBreak =
  | { readonly _tag: 'RevisionMissing'; readonly stream: StreamName; readonly expected: bigint; readonly found: bigint }
  | { readonly _tag: 'HashMismatch'; readonly stream: StreamName; readonly revision: bigint }

const previousOf = (event: RecordedEvent): unknown => (JSON.parse(text(event.metadata)) as { previous?: unknown }).previous

/**
 * Follows one chained stream from its beginning: feed it the events in revision order; the first break is returned
 * and where it lies. Unchained streams (`isUnchained`) carry `previous: null` and are checked for holes only.
 */
export const chainVerifier = (stream: StreamName, chained: boolean) => {
  let expected = 0n
  let previous: string | null = null
  return (event: RecordedEvent): ChainBreak | undefined => {
    if (event.revision !== expected) return { _tag: 'RevisionMissing', stream, expected, found: event.revision }
    if (previousOf(event) !== (chained ? previous : null)) return { _tag: 'HashMismatch', stream, revision: event.revision }
    expected += 1n
    previous = eventHash(stream, event.revision, event)
    return undefined
  }
}
