import * as O from 'fp-ts/lib/Option.js'
import type { Decoded } from '../../events/codec.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { TargetFacts } from '../ports.js'

/** As `TargetFacts.reactions` has it: whose reaction, and which. */
const standing = (userId: string, reaction: string): string => `${userId}:${reaction}`

const withReactions = (facts: TargetFacts, change: (reactions: Set<string>) => void): O.Option<TargetFacts> => {
  const reactions = new Set(facts.reactions)
  change(reactions)
  return O.some({ ...facts, reactions })
}

/** With those who are mentioned for the first time at this revision. */
const withMentioned = (facts: TargetFacts, mentions: ReadonlyArray<string> | undefined, revision: number): TargetFacts =>
  mentions === undefined ? facts : { ...facts, mentions: new Map([...mentions.map((userId) => [userId, revision] as const), ...facts.mentions]) }

type AboutMessage = Extract<Decoded<ConversationEvent>, { readonly data: { readonly target: number } }>

const isAboutMessage = (event: Decoded<ConversationEvent>): event is AboutMessage => 'target' in event.data

const foldKnown = (facts: TargetFacts, event: AboutMessage): O.Option<TargetFacts> => {
  switch (event.type) {
    case 'MessageDeleted':
      return O.some({ ...facts, deleted: true })
    case 'ReactionAdded':
      return withReactions(facts, (reactions) => reactions.add(standing(event.metadata.actor, event.data.reaction)))
    case 'ReactionRemoved':
      return withReactions(facts, (reactions) => reactions.delete(standing(event.metadata.actor, event.data.reaction)))
    case 'MessageEdited':
      return O.some(withMentioned(facts, event.data.mentions, event.revision))
    case 'MessagePinned':
    case 'MessageUnpinned':
      return O.some(facts)
  }
}

/** What is known of the message at `sequence` after one more event of its conversation (ADR 9). Pure; in revision order. */
export const foldFacts = (sequence: number, known: O.Option<TargetFacts>, event: Decoded<ConversationEvent>): O.Option<TargetFacts> => {
  if (event.type === 'MessageSent' && event.revision === sequence) {
    const { messageId, unit, mentions } = event.data
    const sent = { sequence, messageId, sender: event.metadata.actor, unit, deleted: false, reactions: new Set<string>(), mentions: new Map<string, number>() }
    return O.some(withMentioned(sent, mentions, sequence))
  }
  return O.isSome(known) && isAboutMessage(event) && event.data.target === sequence ? foldKnown(known.value, event) : known
}
