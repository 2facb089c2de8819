import type { Position, RecordedEvent } from '../../../events/event-store.js'
import { conversationStream } from '../../../events/streams.js'
import type { StoredMessage } from '../../../read-side/ports.js'

/** A row of `events`, as `eventColumns` selects it. */
export type EventRow = readonly [
  conversation: string, sequence: number, position: Position, id: string, type: string, version: number,
  data: Buffer, metadata: Buffer, sealed: Buffer | null,
]

export const EVENT_COLUMN_COUNT = 9

export const eventColumns = (alias: string): string =>
  ['conversation', 'sequence', 'position', 'id', 'type', 'version', 'data', 'metadata', 'sealed'].map((column) => `${alias}.${column}`).join(', ')

/** As many columns without an event. */
export const noEvent = 'NULL::uuid, NULL::integer, NULL::text, NULL::uuid, NULL::text, NULL::integer, NULL::bytea, NULL::bytea, NULL::bytea'

export const plainBytes = (bytes: Buffer): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const eventOf = ([conversation, sequence, position, id, type, version, data, metadata, sealed]: EventRow): RecordedEvent => ({
  stream: conversationStream(conversation),
  revision: BigInt(sequence),
  position,
  id,
  type,
  version,
  data: plainBytes(data),
  metadata: plainBytes(metadata),
  sealed: sealed === null ? undefined : plainBytes(sealed),
})

/** A message itself, or one of its changes that stands. */
export type MessagePart = readonly [part: 'sent' | 'content' | 'deletion' | 'pin' | 'reaction', target: number, ...EventRow]

const bySequence = (one: RecordedEvent, other: RecordedEvent): number => Number(one.revision - other.revision)

const messageOf = (parts: ReadonlyArray<MessagePart>): StoredMessage | undefined => {
  const eventsOf = (wanted: MessagePart[0]) => parts.flatMap(([part, , ...event]) => (part === wanted ? [eventOf(event)] : []))
  const [sent] = eventsOf('sent')
  if (sent === undefined) return undefined
  return {
    sent,
    edit: eventsOf('content')[0],
    deleted: parts.some(([part]) => part === 'deletion'),
    pinned: parts.some(([part]) => part === 'pin'),
    reactions: eventsOf('reaction').sort(bySequence),
  }
}

/** Puts messages together from their parts, in the order in which they were sent within their conversation. */
export const messagesOf = (parts: ReadonlyArray<MessagePart>): ReadonlyArray<StoredMessage> => {
  const byMessage = new Map<string, MessagePart[]>()
  for (const part of parts) {
    const key = `${part[2]} ${part[1]}`
    const there = byMessage.get(key)
    if (there === undefined) byMessage.set(key, [part])
    else there.push(part)
  }
  return [...byMessage.values()].flatMap((of) => messageOf(of) ?? []).sort((one, other) => bySequence(one.sent, other.sent))
}
