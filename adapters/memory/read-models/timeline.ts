import type { MessageChange, TimelineWrite } from '../../../projections/timeline/writes.js'
import { timelineModel } from '../../../projections/timeline/writes.js'
import type { MemoryReadModel } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

export type Changed = TimelineWrite & { readonly change: MessageChange }

/** The events of one conversation and the changes of its messages, by sequence. */
export interface MemoryConversation {
  readonly events: TimelineWrite[]
  readonly bySequence: Map<number, TimelineWrite>
  readonly changes: Map<number, Changed[]>
}

export interface MemoryTimeline extends MemoryReadModel<TimelineWrite> {
  readonly tables: Exchangeable<{ readonly conversations: Map<string, MemoryConversation> }>
}

const hasChange = (write: TimelineWrite): write is Changed => write.change !== undefined

const record = (conversation: MemoryConversation, write: TimelineWrite): void => {
  if (conversation.bySequence.has(write.sequence)) return
  conversation.bySequence.set(write.sequence, write)
  conversation.events.push(write)
  if (!hasChange(write)) return
  const { target } = write.change
  conversation.changes.set(target, [...(conversation.changes.get(target) ?? []), write])
}

export const memoryTimeline = (): MemoryTimeline => {
  const tables = exchangeable(() => ({ conversations: new Map<string, MemoryConversation>() }))
  return {
    ...timelineModel,
    tables,
    apply: (writes) => {
      const { conversations } = tables.current()
      for (const write of writes) {
        const conversation = conversations.get(write.conversation) ?? { events: [], bySequence: new Map(), changes: new Map() }
        conversations.set(write.conversation, conversation)
        record(conversation, write)
      }
    },
  }
}
