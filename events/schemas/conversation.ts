import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { limits } from '../limits.js'
import { Base64Url, closed, Envelope, Role, sealedFields, Sequence } from './common.js'

// Names and fields are persisted for ever: a change is a new version with an upcaster.
// Stream: conversation-<id>. Every number reaches every member, so only what all members may know is written here.

export const Encryption = Type.Union([Type.Literal('e2ee'), Type.Literal('readable')])
export const History = Type.Union([Type.Literal('shared'), Type.Literal('sinceJoin')])
export const ConversationKind = Type.Union([Type.Literal('direct'), Type.Literal('group')])
export type Encryption = Static<typeof Encryption>
export type History = Static<typeof History>
export type ConversationKind = Static<typeof ConversationKind>

const target = { target: Sequence, messageId: Id }
/** Members who are to be notified; in `e2ee` the client names them. */
const mentions = { mentions: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: limits.mentions, uniqueItems: true })) }

/** The story that a message answers: the quote dies with the story. */
export const StoryReference = closed({ author: Id, storyId: Id })
export type StoryReference = Static<typeof StoryReference>

export const conversationEvents = {
  ConversationCreated: closed({
    kind: ConversationKind,
    encryption: Encryption,
    history: History,
    creator: Id,
  }),
  MemberAdded: closed({ userId: Id, role: Role }),
  MemberRemoved: closed({ userId: Id }),
  MemberLeft: closed({ userId: Id }),
  RoleChanged: closed({ userId: Id, role: Role }),
  ConversationRenamed: closed({ ...sealedFields }),
  KeyEpochStarted: closed({
    epoch: Type.Integer({ minimum: 1 }),
    wraps: Base64Url('digest of the wraps on the keys- stream', { bytes: 32 }),
    signature: Base64Url("Ed25519 of the creator's device", { bytes: 64 }),
  }),
  MessageSent: closed({
    messageId: Id,
    ...sealedFields,
    replyTo: Type.Optional(Sequence),
    replyToSender: Type.Optional(Id),
    ...mentions,
    story: Type.Optional(StoryReference),
    envelope: Type.Optional(Envelope),
  }),
  MessageEdited: closed({ ...target, ...sealedFields, ...mentions, envelope: Type.Optional(Envelope) }),
  MessageDeleted: closed({ ...target, unit: Id }),
  ReactionAdded: closed({
    ...target,
    messageSender: Type.Optional(Id),
    ...sealedFields,
    reaction: Base64Url("HMAC-SHA256 of the reaction under the message's unit key, 16 bytes: equal within one message only", { bytes: 16 }),
  }),
  ReactionRemoved: closed({ ...target, reaction: Base64Url('the key of the reaction', { bytes: 16 }) }),
  MessagePinned: closed(target),
  MessageUnpinned: closed(target),
}
