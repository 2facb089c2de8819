import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Position, RecordedEvent } from '../events/event-store.js'
import type { LastSeenAudience } from '../events/schemas/account.js'
import type { NotificationKind, Role } from '../events/schemas/common.js'
import type { ConversationKind, Encryption, History } from '../events/schemas/conversation.js'
import type { StoryFacts } from '../events/story-visibility.js'
import type { Visible } from '../events/visibility.js'
import type { Membership } from './index.js'
import type { StoriesReader } from './stories/ports.js'
import type { ListedAccounts } from './views.js'

export type { ListedAccounts } from './views.js'

// What the queries read from. Each answer is of one committed state of all read models and holds nothing that the account
// may not see: `None` where it never was a member. Contents stay sealed in here.

export interface Unavailable {
  readonly _tag: 'Unavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

type Answer<A> = TaskEither<Unavailable, A>

/** A message with those of its changes that the reader may see. */
export interface StoredMessage {
  readonly sent: RecordedEvent
  /** The last edit. */
  readonly edit: RecordedEvent | undefined
  readonly deleted: boolean
  readonly pinned: boolean
  /** Those that stand, by sequence. */
  readonly reactions: ReadonlyArray<RecordedEvent>
}

/** At most one of the bounds, both exclusive: `newerThan` goes up, else it goes down from `olderThan` or the newest. */
export interface PageOfMessages {
  readonly olderThan?: number
  readonly newerThan?: number
  readonly limit: number
}

export interface TimelineReader {
  /** At most `limit` messages in the page's direction, and the newest sequence that the account may see. */
  readonly messages: (account: string, conversation: string, page: PageOfMessages) => Answer<Option<{ readonly messages: ReadonlyArray<StoredMessage>; readonly head: number }>>
  readonly events: (account: string, conversation: string, from: number, limit: number) => Answer<Option<ReadonlyArray<RecordedEvent>>>
  /**
   * Events of all conversations of the account after the position, in log order, at most `limit`. The work grows with
   * the account's conversations and the limit, never with the log.
   */
  readonly missed: (account: string, after: Position | 'start', limit: number) => Answer<ReadonlyArray<RecordedEvent>>
  /** [from, to], whoever asks. */
  readonly range: (conversation: string, from: number, to: number) => Answer<ReadonlyArray<RecordedEvent>>
  /** Conversations without events are left out. */
  readonly heads: (conversations: ReadonlyArray<string>) => Answer<ReadonlyMap<string, number>>
}

export interface StoredConversation {
  readonly kind: ConversationKind
  readonly encryption: Encryption
  readonly history: History
  /** The event that named it last; a current member sees also a name from before it joined. */
  readonly name: RecordedEvent | undefined
  /** By `since`. A former member is not told who is there now, nor what is pinned. */
  readonly members: ReadonlyArray<{ readonly userId: string; readonly role: Role; readonly since: number }>
  readonly pins: ReadonlyArray<number>
  readonly head: number
}

export interface ConversationsReader {
  /** Current and past ones, by conversation. */
  readonly memberships: (account: string) => Answer<ReadonlyArray<Membership>>
  readonly find: (account: string, conversation: string) => Answer<Option<StoredConversation>>
  /** Markers of current members; a former member gets its own only. */
  readonly readStates: (account: string, conversation: string) => Answer<Option<ReadonlyArray<{ readonly userId: string; readonly through: number }>>>
}

/** Where an inbox page ended. */
export interface InboxPlace {
  readonly activity: Position
  readonly conversation: string
}

export interface StoredInboxEntry extends InboxPlace {
  readonly kind: ConversationKind
  readonly encryption: Encryption
  readonly name: RecordedEvent | undefined
  readonly lastMessage: StoredMessage | undefined
  readonly activityAt: number
  readonly head: number
  readonly readThrough: number
  readonly unread: number
  /** Whether the account muted it. */
  readonly muted: boolean
  readonly member: boolean
}

export interface InboxReader {
  /** Last active first, after `before`; of a former member the activity is the end of its membership. Unread are counted up to `countAtMost`. */
  readonly page: (account: string, page: { readonly before: InboxPlace | undefined; readonly limit: number; readonly countAtMost: number }) => Answer<ReadonlyArray<StoredInboxEntry>>
}

export interface StoredAccount {
  readonly userId: string
  /** The event that holds the sealed profile. */
  readonly profile: RecordedEvent
}

export interface StoredDevice {
  readonly deviceId: string
  readonly registeredAt: number
  readonly revoked: boolean
}

export interface AccountsReader {
  /** Unknown ones are left out. */
  readonly find: (userIds: ReadonlyArray<string>) => Answer<ReadonlyArray<StoredAccount>>
  /** Who took the handle last. */
  readonly byHandle: (handleDigest: string) => Answer<Option<StoredAccount>>
  readonly withDevices: (userId: string) => Answer<Option<{ readonly account: StoredAccount; readonly devices: ReadonlyArray<StoredDevice> }>>
}

/** Where a page of notifications ended. */
export interface NotificationPlace {
  readonly position: Position
  readonly id: string
}

export interface StoredNotification extends NotificationPlace {
  readonly account: string
  readonly kind: NotificationKind
  readonly actor: string
  readonly at: number
  readonly conversation: string | undefined
  /** Of the message that it is about; where it is about none, of the event. */
  readonly sequence: number | undefined
  readonly messageId: string | undefined
  readonly storyId: string | undefined
  readonly read: boolean
  /** The event with the message's content as it stands: of `readable` conversations, where the account may read it. */
  readonly content: RecordedEvent | undefined
}

/**
 * What accounts are told of: nothing that they silenced when it came or silence now, nothing of deleted messages, ended
 * stories, blocked people, or cleared. Of stories only what is about those in `stories`: which may be seen, and whether the
 * clock ended them, is not decided here.
 */
export interface NotificationsReader {
  /** The stories that the account is told of, as far as they are posted after `since` (milliseconds) and not ended; the newest first, at most `limit`. */
  readonly toldStories: (account: string, since: number, limit: number) => Answer<ReadonlyArray<StoryFacts>>
  /** Newest first, before a place. */
  readonly page: (
    account: string,
    page: { readonly before: NotificationPlace | undefined; readonly stories: ReadonlyArray<string>; readonly limit: number },
  ) => Answer<ReadonlyArray<StoredNotification>>
  /** Oldest first, after a place; without `id` after everything at its position. */
  readonly missed: (
    account: string,
    page: { readonly after: { readonly position: Position | 'start'; readonly id?: string }; readonly stories: ReadonlyArray<string>; readonly limit: number },
  ) => Answer<ReadonlyArray<StoredNotification>>
  /** Those of these ids that may be seen by their accounts, oldest first, whatever stories they are about. */
  readonly pick: (ids: ReadonlyArray<string>) => Answer<ReadonlyArray<StoredNotification>>
  readonly unread: (account: string, stories: ReadonlyArray<string>, atMost: number) => Answer<number>
}

/** An account on a list, and the event that put it there. */
export interface ListedPlace {
  readonly position: Position
  readonly userId: string
}

/** What an account sees of how it stands to others. That it was blocked does not show. */
export interface AudienceReader {
  /** Newest first, before a place. Followers that the account blocked are left out. */
  readonly listed: (account: string, list: ListedAccounts, page: { readonly before: ListedPlace | undefined; readonly limit: number }) => Answer<ReadonlyArray<ListedPlace>>
  readonly settings: (account: string) => Answer<{ readonly notificationsOff: ReadonlyArray<NotificationKind>; readonly lastSeen: LastSeenAudience }>
}

export interface SearchableConversation {
  readonly conversation: string
  readonly encryption: Encryption
  readonly visible: ReadonlyArray<Visible>
}

/** What a search reads beside the index; each answer is of one committed state of the read models. */
export interface SearchReader {
  /** Conversations of which the account may see something now, and how each is encrypted; by conversation. */
  readonly searchable: (account: string) => Answer<ReadonlyArray<SearchableConversation>>
  /** Messages as the account may see them now, in no order; those that it may not see, or that are not there, are left out. */
  readonly messages: (account: string, places: ReadonlyArray<{ readonly conversation: string; readonly sequence: number }>) => Answer<ReadonlyArray<StoredMessage>>
}

export interface Readers {
  readonly stories: StoriesReader
  readonly notifications: NotificationsReader
  readonly timeline: TimelineReader
  readonly conversations: ConversationsReader
  readonly inbox: InboxReader
  readonly accounts: AccountsReader
  readonly audience: AudienceReader
  readonly search: SearchReader
}
