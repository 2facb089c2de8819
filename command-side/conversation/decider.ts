import type { ConversationEvent } from '../../events/registry.js'
import type { Aggregate } from '../handling/aggregate.js'
import type { ConversationCommand } from './commands.js'
import { create } from './creation.js'
import type { Decision } from './decision.js'
import { evolve } from './evolve.js'
import { addMembers, changeRole, leave, removeMember, rename } from './membership.js'
import { edit, pin, react, remove, send, unpin, unreact } from './messages.js'
import type { ConversationRejection } from './rejections.js'
import { decodeState, encodeState, snapshotSchema } from './snapshot.js'
import { absent, type ConversationState } from './state.js'

export { encryptionOf, headOf, isCurrentMember, othersInDirect, visibleTo, type ConversationState } from './state.js'

const decide = (command: ConversationCommand, state: ConversationState): Decision => {
  switch (command.type) {
    case 'CreateConversation':
      return create(command, state)
    case 'AddMembers':
      return addMembers(command, state)
    case 'RemoveMember':
      return removeMember(command, state)
    case 'LeaveConversation':
      return leave(command, state)
    case 'ChangeRole':
      return changeRole(command, state)
    case 'RenameConversation':
      return rename(command, state)
    case 'SendMessage':
      return send(command, state)
    case 'EditMessage':
      return edit(command, state)
    case 'DeleteMessage':
      return remove(command, state)
    case 'React':
      return react(command, state)
    case 'Unreact':
      return unreact(command, state)
    case 'PinMessage':
      return pin(command, state)
    case 'UnpinMessage':
      return unpin(command, state)
  }
}

/** Who may do what in a conversation. Every refusal is decided against the revision that the append then expects. */
export const conversationAggregate: Aggregate<ConversationState, ConversationCommand, ConversationEvent, ConversationRejection> = {
  decider: { initialState: absent, decide, evolve },
  snapshotSchema,
  encodeState,
  decodeState,
}

export const conversationDecider = conversationAggregate.decider
