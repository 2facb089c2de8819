import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { closed, NotificationKind, Sequence } from '../schemas/common.js'
import { PositionText } from './answers.js'

/** What an account is told of (M4). The same in queries and in frames; `id` stays the same however often it comes. */
export const Notification = closed({
  id: Id,
  type: NotificationKind,
  /** The account that is told. */
  account: Id,
  /** Who did it. */
  actor: Type.String(),
  mentioned_by: Type.Optional(Id),
  conversation_id: Type.Optional(Id),
  /** Where it stands in the conversation. */
  sequence: Type.Optional(Sequence),
  message_id: Type.Optional(Id),
  /** The beginning of the message as it stands; only of `readable` conversations (X3). */
  message_preview: Type.Optional(Type.String()),
  story_id: Type.Optional(Id),
  created_at: Type.Integer({ description: "milliseconds since 1970 by the server's clock" }),
  read: Type.Boolean(),
  position: PositionText,
})
export type Notification = Static<typeof Notification>
