import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { Base64Url, closed, Metadata, Sequence } from '../schemas/common.js'
import { Media, Tier } from '../schemas/stories.js'
import { Content, StoryContent } from './commands.js'

/** A place in the log, sealed: it tells nothing and compares with nothing. `?after=` and read-your-writes take it. */
export const PositionText = Type.String({ pattern: '^[0-9A-Za-z/_-]{1,64}$', description: 'opaque place in the log' })

export const MentionOutcome = closed({
  handle: Type.String(),
  outcome: Type.Union([Type.Literal('notified'), Type.Literal('not-a-member'), Type.Literal('unknown'), Type.Literal('self')]),
})

/**
 * Durable in the store. `sequence` and `recordedAt` are those of the command's last event; a command that was already
 * in effect has `unchanged: true`, appended nothing and used no counter. `position` is at or after the event.
 */
export const Acknowledgement = closed({
  messageId: Type.Optional(Id),
  sequence: Sequence,
  recordedAt: Type.Integer(),
  mentions: Type.Array(MentionOutcome),
  position: Type.Optional(PositionText),
  unchanged: Type.Optional(Type.Literal(true)),
})
export type Acknowledgement = Static<typeof Acknowledgement>

/**
 * Of commands about somebody's story `sequence` is 0: it would tell how many looked at it. `inspected` is what an
 * administrator sees by a recorded look.
 */
export const StoryAcknowledgement = closed({
  ...Acknowledgement.properties,
  inspected: Type.Optional(closed({ tier: Tier, postedAt: Type.Integer(), content: StoryContent, media: Type.Optional(Media) })),
})
export type StoryAcknowledgement = Static<typeof StoryAcknowledgement>

/** RFC 9457. `type` is stable and names a row of docs/errors.md; `detail` says what to do next. */
export const Problem = Type.Object({
  type: Type.String({ description: 'urn:tidings:problem:<code>' }),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  retryAfterMs: Type.Optional(Type.Integer()),
  expectedCounter: Type.Optional(Type.Integer()),
  errors: Type.Optional(Type.Array(closed({ path: Type.String(), message: Type.String() }))),
})
export type Problem = Static<typeof Problem>

/**
 * An event as a member receives it: enough to check order, completeness (hash chain) and content (digest, salt)
 * without trusting the server. `content` and `salt` are absent where nothing is sealed; `erased` says that the
 * content was forgotten.
 */
export const DeliveredEvent = closed({
  conversation: Id,
  sequence: Sequence,
  position: PositionText,
  id: Id,
  type: Type.String(),
  version: Type.Integer({ minimum: 1 }),
  data: Type.Record(Type.String(), Type.Unknown()),
  metadata: Metadata,
  content: Type.Optional(Content),
  salt: Type.Optional(Base64Url('16 random bytes', { bytes: 16 })),
  erased: Type.Optional(Type.Literal(true)),
})
export type DeliveredEvent = Static<typeof DeliveredEvent>
