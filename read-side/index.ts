import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Position, RecordedEvent } from '../events/event-store.js'
import type { Visible } from '../events/visibility.js'
import type { DeliveredEvent, Problem } from '../events/wire/answers.js'
import type { Notification } from '../events/wire/notification.js'
import type { AccountSettings, AccountsPage, AccountView, ConversationView, InboxPage, ListedAccounts, MessageView, NotificationsPage, PublicProfile, ReadStates, TimelinePage } from './views.js'

export type * from './views.js'

/** A conversation as its member's session needs it: what may be read, and how far the timeline has come. */
export interface Membership {
  readonly conversation: string
  readonly visible: ReadonlyArray<Visible>
  readonly headSequence: number
}

/** A notification as its account gets it, and where in the log it stands, which is for sessions alone. */
export interface Told {
  readonly at: Position
  readonly notification: Notification
}

/** The queries, each for the account that asks; what it may not see answers `not-found`, as if it were not there. */
export interface ReadSide {
  readonly inbox: (account: string, page: { readonly before?: string; readonly limit: number }) => TaskEither<Problem, InboxPage>
  /** Messages by sequence, newest first with `olderThan` or neither, oldest first with `newerThan` (both exclusive). */
  readonly timeline: (
    account: string,
    conversation: string,
    page: { readonly olderThan?: number; readonly newerThan?: number; readonly limit: number },
  ) => TaskEither<Problem, TimelinePage>
  /** Every event as a member received it, by sequence, from `from` (inclusive): what a client checks and replays. */
  readonly events: (account: string, conversation: string, page: { readonly from: number; readonly limit: number }) => TaskEither<Problem, ReadonlyArray<DeliveredEvent>>
  readonly message: (account: string, conversation: string, sequence: number) => TaskEither<Problem, MessageView>
  readonly conversation: (account: string, conversation: string) => TaskEither<Problem, ConversationView>
  readonly readStates: (account: string, conversation: string) => TaskEither<Problem, ReadStates>
  readonly account: (account: string) => TaskEither<Problem, AccountView>
  /** An account by its handle, compared without case. */
  readonly accountByHandle: (account: string, handle: string) => TaskEither<Problem, PublicProfile>
  /** Names of accounts, at most 200 at once; those that are unknown or forgotten are left out. */
  readonly profiles: (account: string, ids: ReadonlyArray<string>) => TaskEither<Problem, ReadonlyArray<PublicProfile>>

  /** What the account is told of, newest first, and how much of it is unread. */
  readonly notifications: (account: string, page: { readonly before?: string; readonly limit: number }) => TaskEither<Problem, NotificationsPage>
  /** For sessions: the account's notifications after a place, oldest first, at most `limit`; without `id` after everything at its position. */
  readonly missedNotifications: (account: string, after: { readonly position: Position | 'start'; readonly id?: string }, limit: number) => TaskEither<Problem, ReadonlyArray<Told>>
  /** For gateways: those of these (events/notifications.ts names them) that their accounts may see, oldest first. */
  readonly notificationsByIds: (ids: ReadonlyArray<string>) => TaskEither<Problem, ReadonlyArray<Told>>

  /** How the account stands to others, the newest first; `followers` without those that it blocked. */
  readonly listedAccounts: (account: string, list: ListedAccounts, page: { readonly before?: string; readonly limit: number }) => TaskEither<Problem, AccountsPage>
  readonly settings: (account: string) => TaskEither<Problem, AccountSettings>

  /** Resolves once every read model holds everything up to the position; `busy` after `timeoutMs`. */
  readonly waitFor: (position: Position, timeoutMs: number) => TaskEither<Problem, void>

  /** For sessions: all current and past memberships of the account, as of one committed state. */
  readonly memberships: (account: string) => TaskEither<Problem, ReadonlyArray<Membership>>
  /**
   * For sessions: events of conversations with position > `after`, visible to the account, in log order, at most
   * `limit`. `through` is what the page reached: pass it as the next `after`; `done` once it reached the timeline's head.
   */
  readonly missed: (
    account: string,
    after: Position | 'start',
    limit: number,
  ) => TaskEither<Problem, { readonly events: ReadonlyArray<RecordedEvent>; readonly through: Position | 'start'; readonly done: boolean }>
  /** For gateways: events [from, to] of a conversation's timeline, unfiltered: the gateway applies memberships. */
  readonly range: (conversation: string, from: number, to: number) => TaskEither<Problem, ReadonlyArray<RecordedEvent>>
  /** For gateways: heads of the timelines, to find holes after a gap. */
  readonly heads: (conversations: ReadonlyArray<string>) => TaskEither<Problem, ReadonlyMap<string, number>>
  /** How far the timeline has come over all partitions: the low watermark that a sync token may carry. */
  readonly progress: () => TaskEither<Problem, Position | 'start'>
  /** Opens sealed contents, one look-up for all; forgotten ones come as `erased`. Same order, same length. */
  readonly deliver: (events: ReadonlyArray<RecordedEvent>) => TaskEither<Problem, ReadonlyArray<DeliveredEvent>>
}
