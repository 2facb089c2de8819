import type { ConversationEvent } from '../../events/registry.js'
import { afterAdded, afterRemoved } from '../../events/visibility.js'
import type { Fact } from '../handling/draft.js'
import { opened, type ConversationState, type Open, type Participant } from './state.js'

const counted = (participant: Participant | undefined) => ({
  member: participant === undefined || participant.standing === 'former' ? 0 : 1,
  admin: participant?.standing === 'admin' ? 1 : 0,
})

/** Puts a participant in the place of what was there and keeps the counts right; all else is shared. */
const withParticipant = (conversation: Open, userId: string, after: Participant): Open => {
  const was = counted(conversation.participants.get(userId))
  const is = counted(after)
  return {
    ...conversation,
    participants: conversation.participants.set(userId, after),
    memberCount: conversation.memberCount + is.member - was.member,
    adminCount: conversation.adminCount + is.admin - was.admin,
  }
}

const gone = (conversation: Open, userId: string): Open => {
  const participant = conversation.participants.get(userId)
  if (participant === undefined) return conversation
  return withParticipant(conversation, userId, {
    ...participant,
    standing: 'former',
    visible: afterRemoved(participant.visible, conversation.revision),
  })
}

/** `conversation.revision` is already that of the event. */
const apply = (conversation: Open, event: Fact<ConversationEvent>): Open => {
  switch (event.type) {
    case 'MemberAdded': {
      const { userId, role } = event.data
      const earlier = conversation.participants.get(userId)?.visible ?? []
      const visible = afterAdded(earlier, conversation.history, conversation.revision)
      return withParticipant(conversation, userId, { standing: role, since: conversation.revision, visible })
    }
    case 'MemberRemoved':
    case 'MemberLeft':
      return gone(conversation, event.data.userId)
    case 'RoleChanged': {
      const participant = conversation.participants.get(event.data.userId)
      if (participant === undefined) return conversation
      return withParticipant(conversation, event.data.userId, { ...participant, standing: event.data.role })
    }
    case 'KeyEpochStarted':
      return { ...conversation, epoch: event.data.epoch }
    case 'MessagePinned':
      return { ...conversation, pins: conversation.pins.add(event.data.target) }
    case 'MessageUnpinned':
    case 'MessageDeleted':
      return { ...conversation, pins: conversation.pins.remove(event.data.target) }
    case 'ConversationCreated':
    case 'ConversationRenamed':
    case 'MessageSent':
    case 'MessageEdited':
    case 'ReactionAdded':
    case 'ReactionRemoved':
      return conversation
  }
}

/**
 * The conversation after one more event of its stream. It counts the revisions itself, from 0, so events must come in
 * order and without a hole. Costs the same in a conversation of ten members and of ten thousand.
 */
export const evolve = (state: ConversationState, event: Fact<ConversationEvent>): ConversationState => {
  if (state._tag === 'Open') return apply({ ...state, revision: state.revision + 1 }, event)
  return event.type === 'ConversationCreated' ? opened(event.data) : state
}
