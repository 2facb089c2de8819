import type { Decoded } from '../../events/codec.js'
import type { ConversationEvent } from '../../events/registry.js'
import { streamId } from '../../events/streams.js'
import type { Projected, Projection } from '../projection.js'
import type { MessageChange, TimelineWrite } from './writes.js'
import { timelineModel } from './writes.js'

const changeOf = (event: Decoded<ConversationEvent>): MessageChange | undefined => {
  switch (event.type) {
    case 'MessageEdited':
      return { target: event.data.target, aspect: 'content', reaction: undefined, stands: true }
    case 'MessageDeleted':
      return { target: event.data.target, aspect: 'deletion', reaction: undefined, stands: true }
    case 'MessagePinned':
    case 'MessageUnpinned':
      return { target: event.data.target, aspect: 'pin', reaction: undefined, stands: event.type === 'MessagePinned' }
    case 'ReactionAdded':
    case 'ReactionRemoved': {
      const reaction = { userId: event.metadata.actor, key: event.data.reaction }
      return { target: event.data.target, aspect: 'reaction', reaction, stands: event.type === 'ReactionAdded' }
    }
    case 'ConversationCreated':
    case 'MemberAdded':
    case 'MemberRemoved':
    case 'MemberLeft':
    case 'RoleChanged':
    case 'ConversationRenamed':
    case 'KeyEpochStarted':
    case 'MessageSent':
      return undefined
  }
}

const project = ({ event, recorded }: Projected): ReadonlyArray<TimelineWrite> => {
  const about = event as Decoded<ConversationEvent>
  return [{
    conversation: streamId(event.stream),
    sequence: event.revision,
    recorded,
    message: about.type === 'MessageSent' ? { messageId: about.data.messageId, sender: about.metadata.actor } : undefined,
    change: changeOf(about),
  }]
}

/** Every event of every conversation, byte for byte, and which of them change a message. */
export const timelineProjection: Projection<TimelineWrite> = { ...timelineModel, categories: ['conversation'], opens: [], project }
