import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { TargetFacts } from '../command-side/ports.js'
import { decode, type Decoded } from '../events/codec.js'
import type { RecordedEvent } from '../events/event-store.js'
import type { ConversationEvent } from '../events/registry.js'

/** `atRevision` of a conversation of which nothing was projected yet. */
export const NOTHING_PROJECTED = -1

type SentOrEdited = Decoded<Extract<ConversationEvent, { readonly type: 'MessageSent' | 'MessageEdited' }>>

const read = (recorded: RecordedEvent): SentOrEdited => {
  const decoded = decode(recorded)
  if (E.isLeft(decoded)) throw new Error(`a message that cannot be read: ${JSON.stringify(decoded.left)}`)
  return decoded.right as SentOrEdited
}

/** Whom these events mentioned, with the revision of the first that did. */
const mentionsOf = (events: ReadonlyArray<SentOrEdited>): ReadonlyMap<string, number> => {
  const mentions = new Map<string, number>()
  for (const { data, revision } of events) for (const userId of data.mentions ?? []) if (!mentions.has(userId)) mentions.set(userId, revision)
  return mentions
}

interface Changes {
  readonly deleted: boolean
  readonly reactions: ReadonlySet<string>
  /** Every edit that mentions somebody, by revision. */
  readonly edits: ReadonlyArray<RecordedEvent>
}

/** What is known of a sent message; none where the event is another one. Throws on bytes that no codec of ours wrote. */
export const factsOf = (recorded: RecordedEvent, { deleted, reactions, edits }: Changes): O.Option<TargetFacts> => {
  if (recorded.type !== 'MessageSent') return O.none
  const sent = read(recorded)
  const { data, revision, metadata } = sent
  return O.some({
    sequence: revision, messageId: data.messageId, sender: metadata.actor, unit: data.unit, deleted, reactions,
    mentions: mentionsOf([sent, ...edits.map(read)]),
  })
}
