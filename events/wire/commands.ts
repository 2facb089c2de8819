import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { limits } from '../limits.js'
import { LastSeenAudience } from '../schemas/account.js'
import { Base64Url, closed, Envelope, NotificationKind, Role, Sequence } from '../schemas/common.js'
import { ConversationKind, Encryption, History, StoryReference } from '../schemas/conversation.js'
import { Media, Tier } from '../schemas/stories.js'

// What clients send, over HTTP and over the socket alike. Sizes are checked again in bytes by the command side.

/** Content of a `readable` conversation: the server can open it for members, search and push. */
export const ReadableContent = closed({ text: Type.String({ minLength: 1, maxLength: limits.contentBytes }) })
/** A normalised word as the client's search key sees it: HMAC-SHA256, 16 bytes. The server can compare them, never read them. */
export const BlindToken = Base64Url('HMAC of a normalised word under a search key that the server never has', { bytes: 16 })

/** Content of an `e2ee` conversation: opaque to the server. `tokens` make it findable and lie sealed beside the ciphertext. */
export const OpaqueContent = closed({
  ciphertext: Base64Url('what the client encrypted', { maxBytes: limits.contentBytes }),
  tokens: Type.Optional(Type.Array(BlindToken, { maxItems: limits.blindTokens, uniqueItems: true })),
})
export const Content = Type.Union([ReadableContent, OpaqueContent])
export type Content = Static<typeof Content>

const type = <T extends string>(name: T) => Type.Literal(name)
const target = { target: Sequence }

/** 3 to 30 letters, digits and underscores; compared without case. */
export const Handle = Type.String({ pattern: '^[A-Za-z0-9_]{3,30}$' })
/** In `e2ee` only the client sees who is mentioned and says so; in `readable` conversations the server reads the text (X2). */
const mentionedHandles = Type.Optional(Type.Array(Handle, { maxItems: limits.mentions, uniqueItems: true }))

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
    mentions: mentionedHandles,
    story: Type.Optional(StoryReference),
    envelope: Type.Optional(Envelope),
  }),
  EditMessage: closed({ type: type('EditMessage'), ...target, content: Content, mentions: mentionedHandles, envelope: Type.Optional(Envelope) }),
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

/** Whether a conversation notifies its member; the messages come in any case. */
export const MuteConversation = closed({ type: type('MuteConversation'), muted: Type.Boolean() })
export type MuteConversation = Static<typeof MuteConversation>

/** Notifications up to a notification's `position` are read; with `clear` they are gone from the list too. */
export const MarkNotificationsRead = closed({
  through: Type.String({ pattern: '^[0-9A-Za-z/_-]{1,64}$', description: "a notification's `position`" }),
  clear: Type.Optional(Type.Boolean()),
})
export type MarkNotificationsRead = Static<typeof MarkNotificationsRead>

const story = { author: Id, storyId: Id }
/** What a story says: readable by the server, which checks its audience. */
export const StoryContent = closed({ text: Type.String({ maxLength: limits.storyBytes }) })
export type StoryContent = Static<typeof StoryContent>

export const storyCommands = {
  PostStory: closed({ type: type('PostStory'), storyId: Id, tier: Tier, content: StoryContent, media: Type.Optional(Media) }),
  DeleteStory: closed({ type: type('DeleteStory'), storyId: Id }),
  ViewStory: closed({ type: type('ViewStory'), ...story }),
  ReactToStory: closed({ type: type('ReactToStory'), ...story, reaction: ReadableContent }),
  UnreactToStory: closed({ type: type('UnreactToStory'), ...story }),
  InspectStory: closed({ type: type('InspectStory'), ...story, reason: Type.String({ minLength: 1, maxLength: limits.reasonCharacters }) }),
}
export const StoryCommand = Type.Union([
  storyCommands.PostStory,
  storyCommands.DeleteStory,
  storyCommands.ViewStory,
  storyCommands.ReactToStory,
  storyCommands.UnreactToStory,
  storyCommands.InspectStory,
])
export type StoryCommand = Static<typeof StoryCommand>

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
  // What it decides about others, and about being told and seen.
  Follow: closed({ type: type('Follow'), userId: Id }),
  Unfollow: closed({ type: type('Unfollow'), userId: Id }),
  AddCloseFriend: closed({ type: type('AddCloseFriend'), userId: Id }),
  RemoveCloseFriend: closed({ type: type('RemoveCloseFriend'), userId: Id }),
  Block: closed({ type: type('Block'), userId: Id }),
  Unblock: closed({ type: type('Unblock'), userId: Id }),
  HideStoriesFrom: closed({ type: type('HideStoriesFrom'), userId: Id, hidden: Type.Boolean() }),
  MuteStories: closed({ type: type('MuteStories'), userId: Id, muted: Type.Boolean() }),
  SetNotifications: closed({ type: type('SetNotifications'), kind: NotificationKind, enabled: Type.Boolean() }),
  SetLastSeen: closed({ type: type('SetLastSeen'), visibleTo: LastSeenAudience }),
}

export const AccountCommand = Type.Union([
  accountCommands.RegisterAccount,
  accountCommands.ChangeProfile,
  accountCommands.RegisterDevice,
  accountCommands.RevokeDevice,
  accountCommands.Follow,
  accountCommands.Unfollow,
  accountCommands.AddCloseFriend,
  accountCommands.RemoveCloseFriend,
  accountCommands.Block,
  accountCommands.Unblock,
  accountCommands.HideStoriesFrom,
  accountCommands.MuteStories,
  accountCommands.SetNotifications,
  accountCommands.SetLastSeen,
])
export type AccountCommand = Static<typeof AccountCommand>
