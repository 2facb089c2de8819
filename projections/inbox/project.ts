import type { ConversationEvent } from '../../events/registry.js'
import { streamId } from '../../events/streams.js'
import type { Projected, Projection } from '../projection.js'
import type { InboxWrite } from './writes.js'
import { inboxModel } from './writes.js'

const isActivity = (type: ConversationEvent['type']): boolean => {
  switch (type) {
    case 'ConversationCreated':
    case 'MemberAdded':
    case 'MemberRemoved':
    case 'MemberLeft':
    case 'ConversationRenamed':
    case 'MessageSent':
      return true
    case 'RoleChanged':
    case 'KeyEpochStarted':
    case 'MessageEdited':
    case 'MessageDeleted':
    case 'ReactionAdded':
    case 'ReactionRemoved':
    case 'MessagePinned':
    case 'MessageUnpinned':
      return false
  }
}

const project = ({ event }: Projected): ReadonlyArray<InboxWrite> => {
  const type = event.type as ConversationEvent['type']
  return [{
    conversation: streamId(event.stream),
    sequence: event.revision,
    position: event.position,
    at: event.metadata.recordedAt,
    activity: isActivity(type),
    message: type === 'MessageSent',
    name: type === 'ConversationRenamed',
  }]
}

/** One row a conversation, whatever the number of its members: its head, its last message, its last activity, its names. */
export const inboxProjection: Projection<InboxWrite> = { ...inboxModel, categories: ['conversation'], opens: [], project }
