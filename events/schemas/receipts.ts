import Type from 'typebox'
import { Id } from '../ids.js'
import { closed, Sequence } from './common.js'

// Names and fields are persisted for ever: a change is a new version with an upcaster.
// Stream: receipts-<conversationId>, appended without an expected revision, so that messages stay dense; what an account has
// read of its notifications stands on receipts-<accountId> (ADR 17).

/** A place in the log, never beyond the event that names it. */
const Place = Type.String({ pattern: '^[0-9A-Za-z/_-]{1,64}$', description: 'opaque place in the log' })

export const receiptsEvents = {
  ReadAdvanced: closed({ userId: Id, through: Sequence }),
  MuteChanged: closed({ userId: Id, muted: Type.Boolean() }),
  /** Notifications up to there are read; `cleared`: and gone from the account's list. */
  NotificationsRead: closed({ through: Place, cleared: Type.Boolean() }),
}
