import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { MessageFacts } from '../../../command-side/ports.js'
import type { RecordedEvent } from '../../../events/event-store.js'
import { factsOf, NOTHING_PROJECTED } from '../../message-facts.js'
import type { Changed, MemoryTimeline } from './timeline.js'

const reactionsOf = (changes: ReadonlyArray<Changed>): ReadonlySet<string> => {
  const reactions = new Set<string>()
  for (const { change } of changes) {
    if (change.reaction === undefined) continue
    const key = `${change.reaction.userId}:${change.reaction.key}`
    if (change.stands) reactions.add(key)
    else reactions.delete(key)
  }
  return reactions
}

export const memoryMessageFacts = ({ tables }: MemoryTimeline): MessageFacts => ({
  bySequence: (conversation, sequence) => TE.fromIO(() => {
    const timeline = tables.current().conversations.get(conversation)
    const changes = timeline?.changes.get(sequence) ?? []
    const deleted = changes.some(({ change }) => change.aspect === 'deletion')
    const edits = changes.flatMap(({ change, recorded }) => (change.aspect === 'content' ? [recorded] : []))
    return {
      atRevision: timeline?.events.at(-1)?.sequence ?? NOTHING_PROJECTED,
      facts: O.chain(({ recorded }: { readonly recorded: RecordedEvent }) => factsOf(recorded, { deleted, edits, reactions: reactionsOf(changes) }))(
        O.fromNullable(timeline?.bySequence.get(sequence)),
      ),
    }
  }),
  byMessageId: (conversation, messageId) => TE.fromIO(() => {
    const timeline = tables.current().conversations.get(conversation)
    const sent = timeline?.events.find(({ message }) => message?.messageId === messageId)
    return { atRevision: timeline?.events.at(-1)?.sequence ?? NOTHING_PROJECTED, sequence: O.fromNullable(sent?.sequence) }
  }),
})
