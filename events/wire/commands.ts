import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { limits } from '../limits.js'
import { Base64Url, closed, Envelope, Role, Sequence } from '../schemas/common.js'
import { ConversationKind, Encryption, History } from '../schemas/conversation.js'

// What clients send, over HTTP and over the socket alike. Sizes are checked again in bytes by the command side.

/** Content of a `readable` conversation: the server can open it for members, search and push. */
export const ReadableContent = closed({ text: Type.String({ minLength: 1, maxLength: limits.contentBytes }) })
/** Content of an `e2ee` conversation: opaque to the server. */
export const OpaqueContent = closed({ ciphertext: Base64Url('what the client encrypted', { maxBytes: limits.contentBytes }) })
export const Content = Type.Union([ReadableContent, OpaqueContent])
export type Content = Static<typeof Content>

const type = <T extends string>(name: T) => Type.Literal(name)
const target = { target: Sequence }

export const conversationCommands = {
  CreateConversation: closed({
    type: type('CreateConversation'),
    kind: ConversationKind,
    encryption: Type.Optional(Encryption),
    history: Type.Optional(History),
    members: Type.Array(Id, { maxItems: limits.membersPerCommand, uniqueItems: true }),
    name: Type.Optional(Content),
  }),
  AddMembers: closed({ type: type('AddMembers'), members: Type.Array(Id, { minItems: 1, maxItems: limits.membersPerCommand, uniqueItems: true }) }),
  RemoveMember: closed({ type: type('RemoveMember'), userId: Id }),
  LeaveConversation: closed({ type: type('LeaveConversation') }),
  ChangeRole: closed({ type: type('ChangeRole'), userId: Id, role: Role }),
  RenameConversation: closed({ type: type('RenameConversation'), name: Content }),
  SendMessage: closed({
    type: type('SendMessage'),
    messageId: Id,
    content: Content,
    replyTo: Type.Optional(Sequence),
    envelope: Type.Optional(Envelope),
  }),
  EditMessage: closed({ type: type('EditMessage'), ...target, content: Content, envelope: Type.Optional(Envelope) }),
  DeleteMessage: closed({ type: type('DeleteMessage'), ...target }),
  React: closed({ type: type('React'), ...target, reaction: Content }),
  Unreact: closed({ type: type('Unreact'), ...target, reaction: Content }),
  PinMessage: closed({ type: type('PinMessage'), ...target }),
  UnpinMessage: closed({ type: type('UnpinMessage'), ...target }),
}

export type ConversationCommandType = keyof typeof conversationCommands
export const ConversationCommand = Type.Union(Object.values(conversationCommands) as [
  (typeof conversationCommands)['CreateConversation'],
  (typeof conversationCommands)['AddMembers'],
  (typeof conversationCommands)['RemoveMember'],
  (typeof conversationCommands)['LeaveConversation'],
  (typeof conversationCommands)['ChangeRole'],
  (typeof conversationCommands)['RenameConversation'],
  (typeof conversationCommands)['SendMessage'],
  (typeof conversationCommands)['EditMessage'],
  (typeof conversationCommands)['DeleteMessage'],
  (typeof conversationCommands)['React'],
  (typeof conversationCommands)['Unreact'],
  (typeof conversationCommands)['PinMessage'],
  (typeof conversationCommands)['UnpinMessage'],
])
export type ConversationCommand = Static<typeof ConversationCommand>

/** A device's commands to one conversation are numbered 1, 2, 3 … for ever (design 6). */
export const Counter = Type.Integer({ minimum: 1, description: "the device's next number for this conversation" })

export const MarkRead = closed({ type: type('MarkRead'), through: Sequence })
export type MarkRead = Static<typeof MarkRead>

/** 3 to 30 letters, digits and underscores; compared without case. */
export const Handle = Type.String({ pattern: '^[A-Za-z0-9_]{3,30}$' })
export const Profile = closed({
  handle: Handle,
  name: Type.String({ minLength: 1, maxLength: 100 }),
  email: Type.Optional(Type.String({ maxLength: 254, pattern: '^[^@\\s]+@[^@\\s]+$' })),
})
export type Profile = Static<typeof Profile>

export const accountCommands = {
  RegisterAccount: closed({ type: type('RegisterAccount'), profile: Profile }),
  ChangeProfile: closed({ type: type('ChangeProfile'), profile: Profile }),
  RegisterDevice: closed({
    type: type('RegisterDevice'),
    deviceId: Id,
    signingKey: Type.Optional(Base64Url('Ed25519 public key', { bytes: 32 })),
    boxKey: Type.Optional(Base64Url('X25519 public key', { bytes: 32 })),
  }),
  RevokeDevice: closed({ type: type('RevokeDevice'), deviceId: Id }),
}
export const AccountCommand = Type.Union([
  accountCommands.RegisterAccount,
  accountCommands.ChangeProfile,
  accountCommands.RegisterDevice,
  accountCommands.RevokeDevice,
])
export type AccountCommand = Static<typeof AccountCommand>
