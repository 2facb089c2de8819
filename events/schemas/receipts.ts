import Type from 'typebox'
import { Id } from '../ids.js'
import { closed, Sequence } from './common.js'

// Names and fields are persisted for ever: a change is a new version with an upcaster.
// Stream: receipts-<conversationId>, appended without an expected revision, so that messages stay dense.

export const receiptsEvents = {
  ReadAdvanced: closed({ userId: Id, through: Sequence }),
  MuteChanged: closed({ userId: Id, muted: Type.Boolean() }),
}
