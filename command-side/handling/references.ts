import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Decoded } from '../../events/codec.js'
import type { EventStore, RecordedEvent, StreamName } from '../../events/event-store.js'
import type { KeyStore } from '../../events/key-store.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { Problem } from '../../events/wire/answers.js'
import type { ConversationCommand } from '../../events/wire/commands.js'
import type { MessageFacts, TargetFacts } from '../ports.js'
import { notCanonical, unavailable } from './answers.js'
import { nothingReferred, referredTo, type Reference } from './conversation-commands.js'
import { read } from './kept.js'
import { streamFrom } from './stream-from.js'
import { foldFacts } from './target-facts.js'
import { keyOf, reactionKey } from './unit-keys.js'

interface Dependencies {
  readonly eventStore: EventStore
  readonly keyStore: KeyStore
  readonly messageFacts: MessageFacts
}

/** Where a command is decided: the conversation and the revision that the decision will stand on. */
export interface Ground {
  readonly conversation: string
  readonly stream: StreamName
  readonly revision: bigint
}

const conversationEvent = (event: Decoded) => event as Decoded<ConversationEvent>

interface FactsFound {
  readonly facts: O.Option<TargetFacts>
  readonly ahead: boolean
}

/** Facts of a message as of the ground's revision, or younger: what the projection knows, and the stream's events from there on. */
export const factsAt = async ({ eventStore, messageFacts }: Dependencies, { conversation, stream, revision }: Ground, sequence: number): Promise<E.Either<Problem, FactsFound>> => {
  const projected = await messageFacts.bySequence(conversation, sequence)()
  if (E.isLeft(projected)) return E.left(unavailable(projected.left.retryAfterMs))
  let { facts } = projected.right
  const from = BigInt(projected.right.atRevision) + 1n
  if (from > revision) return E.right({ facts, ahead: from > revision + 1n })
  for await (const event of streamFrom(eventStore, stream, from)) {
    if (event.revision > revision) break
    facts = foldFacts(sequence, facts, conversationEvent(read(event)))
  }
  return E.right({ facts, ahead: false })
}

/** What is known of the message that the command refers to. A message whose key is gone takes no reaction: it is not there. */
export const referenceOf = (deps: Dependencies) => async (ground: Ground, command: ConversationCommand): Promise<E.Either<Problem, Reference>> => {
  const sequence = referredTo(command)
  if (sequence === undefined) return E.right(nothingReferred)
  const found = await factsAt(deps, ground, sequence)
  if (E.isLeft(found)) return found
  const { ahead } = found.right
  const target = O.toUndefined(found.right.facts)
  if (target === undefined || target.deleted || !('reaction' in command)) return E.right({ target, reactionKey: '', ahead })
  const key = await keyOf(deps.keyStore, ground.stream, target.unit)
  if (E.isLeft(key)) return key
  if (key.right === undefined) return E.right({ ...nothingReferred, ahead: true })
  const known = reactionKey(key.right, command.reaction)
  return E.isLeft(known) ? E.left(notCanonical(known.left)) : E.right({ target, reactionKey: known.right, ahead })
}

/** Whether the conversation has a message of this id, up to this moment. */
export const isStored = ({ eventStore, messageFacts }: Dependencies) => async (conversation: string, stream: StreamName, messageId: string): Promise<E.Either<Problem, boolean>> => {
  const projected = await messageFacts.byMessageId(conversation, messageId)()
  if (E.isLeft(projected)) return E.left(unavailable(projected.left.retryAfterMs))
  if (O.isSome(projected.right.sequence)) return E.right(true)
  for await (const event of streamFrom(eventStore, stream, BigInt(projected.right.atRevision) + 1n)) {
    if (isMessage(event, messageId)) return E.right(true)
  }
  return E.right(false)
}

/** Whether this event of a conversation is the message of that id. */
export const isMessage = (recorded: RecordedEvent, messageId: string): boolean => {
  if (recorded.type !== 'MessageSent') return false
  const event = conversationEvent(read(recorded))
  return event.type === 'MessageSent' && event.data.messageId === messageId
}
