import type { Tier } from '../../../events/schemas/stories.js'

/** How somebody stands to the author. The hidden and the blocked one follow and are close friends as well: hiding and blocking stand above. */
export const viewers = ['author', 'follower', 'closeFriend', 'stranger', 'blocked', 'hidden', 'admin', 'anonymous'] as const
export type ViewerName = (typeof viewers)[number]

export const tiers: ReadonlyArray<Tier> = ['public', 'followers', 'close_friends']

/** Ways by which a story, or that it is there, may come to somebody. */
export const channels = ['query', 'tray', 'push', 'search', 'counts', 'notifications', 'reactions', 'replies', 'look'] as const
export type Channel = (typeof channels)[number]

const none: ReadonlyArray<Tier> = []
const open: ReadonlyArray<Tier> = ['public']
const forFollowers: ReadonlyArray<Tier> = ['public', 'followers']

/** Who may see: an administrator like a stranger, a close friend that follows everything. */
const seen: Readonly<Record<ViewerName, ReadonlyArray<Tier>>> = {
  author: tiers, follower: forFollowers, closeFriend: tiers, stranger: open, blocked: none, hidden: none, admin: open, anonymous: none,
}
const nobody: Readonly<Record<ViewerName, ReadonlyArray<Tier>>> = {
  author: none, follower: none, closeFriend: none, stranger: none, blocked: none, hidden: none, admin: none, anonymous: none,
}

/**
 * The decision table of P1: the tiers that each sees by each channel.
 *
 * - `query`: the story by its id, and among its author's.
 * - `tray`: what comes by itself: of whom one follows or is a close friend.
 * - `push`, `notifications`: every story mentions everybody; the author is not told of itself.
 * - `search`: stories are not searched, and an answer to one quotes nothing.
 * - `counts`: whose look the author finds counted and listed; its own is none.
 * - `reactions`, `replies`: taken or answered like absence; nobody writes to itself.
 * - `look`: by an administrator's recorded command.
 */
export const expected: Readonly<Record<Channel, Readonly<Record<ViewerName, ReadonlyArray<Tier>>>>> = {
  query: seen,
  tray: { ...seen, stranger: none, admin: none },
  push: { ...seen, author: none },
  search: nobody,
  counts: { ...seen, author: none },
  notifications: { ...seen, author: none },
  reactions: seen,
  replies: { ...seen, author: none },
  look: { ...nobody, admin: tiers },
}
