import * as E from 'fp-ts/lib/Either.js'
import { canonicalBytes } from '../events/canonical.js'
import { eventHash } from '../events/hash-chain.js'
import { contentDigest } from '../events/sealing.js'
import { conversationStream } from '../events/streams.js'
import type { DeliveredEvent } from '../events/wire/answers.js'

export interface Integrity {
  /** The event's place in the hash chain; none when its data or metadata have no canonical form. */
  readonly hash: string | undefined
  /** Whether the content is the one that the event speaks of. An event without content (nothing sealed, forgotten) claims nothing. */
  readonly isGenuine: boolean
}

const hashOf = ({ conversation, sequence, id, type, version, data, metadata }: DeliveredEvent): string | undefined => {
  const bytes = canonicalBytes(data)
  const about = canonicalBytes(metadata)
  if (E.isLeft(bytes) || E.isLeft(about)) return undefined
  return eventHash(conversationStream(conversation), BigInt(sequence), { id, type, version, data: bytes.right, metadata: about.right })
}

const contentIsGenuine = ({ content, salt, data }: DeliveredEvent): boolean => {
  if (content === undefined) return true
  const bytes = canonicalBytes(content)
  if (salt === undefined || E.isLeft(bytes)) return false
  return contentDigest(Buffer.from(salt, 'base64url'), bytes.right) === data.digest
}

const known = new WeakMap<DeliveredEvent, Integrity>()

/** What an event says of itself, worked out once for each event object. */
export const integrityOf = (event: DeliveredEvent): Integrity => {
  const before = known.get(event)
  if (before !== undefined) return before
  const integrity = { hash: hashOf(event), isGenuine: contentIsGenuine(event) }
  known.set(event, integrity)
  return integrity
}
