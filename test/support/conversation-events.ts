import { derivedId } from '../../events/ids.js'
import type { ConversationEvent } from '../../events/registry.js'
import { conversationStream } from '../../events/streams.js'
import { recordedEvent } from './projection-specification.js'

export const conversation = derivedId('spec', 'conversation')
export const userId = derivedId('spec', 'user')
export const messageId = derivedId('spec', 'message')
export const reaction = 'r'.repeat(22)

const digest = 'd'.repeat(43)
const about = { target: 3, messageId }
const sealed = { unit: messageId, digest }

const data: { readonly [Type in ConversationEvent['type']]: Extract<ConversationEvent, { readonly type: Type }>['data'] } = {
  ConversationCreated: { kind: 'group', encryption: 'readable', history: 'sinceJoin', creator: userId },
  MemberAdded: { userId, role: 'member' },
  MemberRemoved: { userId },
  MemberLeft: { userId },
  RoleChanged: { userId, role: 'admin' },
  ConversationRenamed: sealed,
  KeyEpochStarted: { epoch: 1, wraps: digest, signature: 's'.repeat(86) },
  MessageSent: { messageId, ...sealed },
  MessageEdited: { ...about, ...sealed },
  MessageDeleted: { ...about, unit: messageId },
  ReactionAdded: { ...about, ...sealed, reaction },
  ReactionRemoved: { ...about, reaction },
  MessagePinned: about,
  MessageUnpinned: about,
}

export const conversationTypes = Object.keys(data) as ReadonlyArray<ConversationEvent['type']>

/** An event of the type, of one conversation, about one user or the message at 3. */
export const anEvent = (type: ConversationEvent['type'], revision: number, counter?: number) =>
  recordedEvent(conversationStream(conversation), revision, { type, data: data[type] } as ConversationEvent, counter)
