import type { Position } from '../../events/event-store.js'
import type { Notice } from '../../events/notifications.js'

export const notificationsModel = { name: 'notifications', version: 1 } as const

/** What an account does not want to hear of: a kind, somebody (or who blocked it), a conversation's messages. */
export type SilenceOf = 'kind' | 'block' | 'blockedBy' | 'conversation'

/**
 * The tables are the same in whatever order the streams come: silences are kept with the place at which they began and
 * ended, so that what came while one lasted stays silent, whenever it is applied.
 */
export type NotificationsWrite =
  | (Notice & { readonly op: 'notice' })
  /** What is about a message or story, or tells of a reaction, goes if it came before this. */
  | { readonly op: 'withdrawn'; readonly subject: string; readonly position: Position }
  | { readonly op: 'silence'; readonly account: string; readonly of: SilenceOf; readonly subject: string; readonly silent: boolean; readonly position: Position }
  | { readonly op: 'read'; readonly account: string; readonly through: Position; readonly cleared: boolean }
