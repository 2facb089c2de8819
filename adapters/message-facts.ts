import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TargetFacts } from '../command-side/ports.js'
import { decode, type Decoded } from '../events/codec.js'
import type { RecordedEvent } from '../events/event-store.js'
import type { ConversationEvent } from '../events/registry.js'

/** `atRevision` of a conversation of which nothing was projected yet. */
export const NOTHING_PROJECTED = -1

/** What is known of a sent message; none where the event is another one. Throws on bytes that no codec of ours wrote. */
export const factsOf = (recorded: RecordedEvent, deleted: boolean, reactions: ReadonlySet<string>): O.Option<TargetFacts> => {
  if (recorded.type !== 'MessageSent') return O.none
  const decoded = decode(recorded)
  if (E.isLeft(decoded)) throw new Error(`a message that cannot be read: ${JSON.stringify(decoded.left)}`)
  const { data, revision, metadata } = decoded.right as Decoded<Extract<ConversationEvent, { readonly type: 'MessageSent' }>>
  return O.some({ sequence: revision, messageId: data.messageId, sender: metadata.actor, unit: data.unit, deleted, reactions })
}
