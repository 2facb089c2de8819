import Type, { type Static } from 'typebox'
import { Id } from '../events/ids.js'
import { LastSeenAudience } from '../events/schemas/account.js'
import { closed, Envelope, NotificationKind, Role, Sequence } from '../events/schemas/common.js'
import { ConversationKind, Encryption, History, StoryReference } from '../events/schemas/conversation.js'
import { Content } from '../events/wire/commands.js'
import { Notification } from '../events/wire/notification.js'

// What the queries answer. Times are milliseconds since 1970 by the server's clock.

const At = Type.Integer()

export const Reaction = closed({ userId: Id, sequence: Sequence, reaction: Type.Union([Content, Type.Null()]) })

/** A message as it stands now: its last edit, its reactions; a deleted one keeps its place and says so. */
export const MessageView = closed({
  conversation: Id,
  sequence: Sequence,
  messageId: Id,
  sender: Id,
  device: Type.Union([Id, Type.Null()]),
  sentAt: At,
  content: Type.Union([Content, Type.Null()]),
  envelope: Type.Optional(Envelope),
  replyTo: Type.Optional(Sequence),
  /** The story that it answers, which may have ended. */
  story: Type.Optional(StoryReference),
  editedAt: Type.Optional(At),
  editedBySequence: Type.Optional(Sequence),
  deleted: Type.Boolean(),
  pinned: Type.Boolean(),
  reactions: Type.Array(Reaction),
})
export type MessageView = Static<typeof MessageView>

/** `next` continues in the same direction; absent at the end. `head` is the newest sequence that the reader may see. */
export const TimelinePage = closed({ messages: Type.Array(MessageView), next: Type.Optional(Sequence), head: Sequence })
export type TimelinePage = Static<typeof TimelinePage>

export const InboxEntry = closed({
  conversation: Id,
  kind: ConversationKind,
  encryption: Encryption,
  name: Type.Union([Content, Type.Null()]),
  lastMessage: Type.Union([MessageView, Type.Null()]),
  lastActivityAt: At,
  head: Sequence,
  readThrough: Sequence,
  /** Messages by others after the read marker. */
  unread: Type.Integer({ minimum: 0 }),
  /** It notifies the account of nothing. */
  muted: Type.Boolean(),
  member: Type.Boolean(),
})
export const InboxPage = closed({ conversations: Type.Array(InboxEntry), next: Type.Optional(Type.String()) })
export type InboxEntry = Static<typeof InboxEntry>
export type InboxPage = Static<typeof InboxPage>

export const NotificationsPage = closed({
  notifications: Type.Array(Notification),
  unread: Type.Integer({ minimum: 0 }),
  next: Type.Optional(Type.String()),
})
export type NotificationsPage = Static<typeof NotificationsPage>

export const MemberView = closed({ userId: Id, role: Role, since: Sequence })
export const ConversationView = closed({
  conversation: Id,
  kind: ConversationKind,
  encryption: Encryption,
  history: History,
  name: Type.Union([Content, Type.Null()]),
  members: Type.Array(MemberView),
  pins: Type.Array(Sequence),
  head: Sequence,
})
export type ConversationView = Static<typeof ConversationView>

export const ReadStates = closed({ conversation: Id, readers: Type.Array(closed({ userId: Id, through: Sequence })) })
export type ReadStates = Static<typeof ReadStates>

/** What any signed-in account may see of another. */
export const PublicProfile = closed({ userId: Id, handle: Type.String(), name: Type.String() })
export type PublicProfile = Static<typeof PublicProfile>

export const AccountView = closed({
  userId: Id,
  handle: Type.String(),
  name: Type.String(),
  email: Type.Optional(Type.String()),
  devices: Type.Array(closed({ deviceId: Id, registeredAt: At, revoked: Type.Boolean() })),
})
export type AccountView = Static<typeof AccountView>

/** Lists of other accounts that an account sees. */
export type ListedAccounts = 'following' | 'followers' | 'closeFriends' | 'blocked' | 'hiddenFrom' | 'muted'

/** Ids of accounts; `next` goes on. */
export const AccountsPage = closed({ accounts: Type.Array(Id), next: Type.Optional(Type.String()) })
export type AccountsPage = Static<typeof AccountsPage>

export const AccountSettings = closed({
  notifications: Type.Array(closed({ kind: NotificationKind, enabled: Type.Boolean() })),
  lastSeen: LastSeenAudience,
})
export type AccountSettings = Static<typeof AccountSettings>
