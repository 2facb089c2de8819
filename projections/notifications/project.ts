import type { Decoded } from '../../events/codec.js'
import type { Position } from '../../events/event-store.js'
import { noticesOf, reactionName, storyReactionName } from '../../events/notifications.js'
import { streamId } from '../../events/streams.js'
import type { Projected, Projection } from '../projection.js'
import type { NotificationsWrite, SilenceOf } from './writes.js'
import { notificationsModel } from './writes.js'

const silence = ({ position }: Decoded, account: string, of: SilenceOf, subject: string, silent: boolean): NotificationsWrite =>
  ({ op: 'silence', account, of, subject, silent, position })

/** Blocking silences both ways. */
const block = (event: Decoded, account: string, other: string, silent: boolean): ReadonlyArray<NotificationsWrite> =>
  [silence(event, account, 'block', other, silent), silence(event, other, 'blockedBy', account, silent)]

/** Nothing that comes later can have been read: a place beyond the event is cut down to it. */
const notBeyond = (through: string, position: Position): Position => (through < position ? (through as Position) : position)

const changesBy = (event: Decoded): ReadonlyArray<NotificationsWrite> => {
  const id = streamId(event.stream)
  const { position, metadata: { actor } } = event
  switch (event.type) {
    case 'MessageDeleted':
      return [{ op: 'withdrawn', subject: event.data.messageId, position }]
    case 'ReactionRemoved':
      return [{ op: 'withdrawn', subject: reactionName(event.data.messageId, actor, event.data.reaction), position }]
    case 'StoryDeleted':
    case 'StoryExpired':
      return [{ op: 'withdrawn', subject: event.data.storyId, position }]
    case 'StoryReacted':
    case 'StoryUnreacted':
      return [{ op: 'withdrawn', subject: storyReactionName(id, actor), position }]
    case 'NotificationsChanged':
      return [silence(event, id, 'kind', event.data.kind, !event.data.enabled)]
    case 'UserBlocked':
      return block(event, id, event.data.userId, true)
    case 'UserUnblocked':
      return block(event, id, event.data.userId, false)
    case 'MuteChanged':
      return [silence(event, event.data.userId, 'conversation', id, event.data.muted)]
    case 'NotificationsRead':
      return [{ op: 'read', account: id, through: notBeyond(event.data.through, position), cleared: event.data.cleared }]
    default:
      return []
  }
}

const project = ({ event }: Projected): ReadonlyArray<NotificationsWrite> =>
  [...noticesOf(event).map((notice) => ({ op: 'notice', ...notice }) as const), ...changesBy(event)]

/** What accounts are told of, what they do not want to hear of, and how far they have read. No content. */
export const notificationsProjection: Projection<NotificationsWrite> = {
  ...notificationsModel, categories: ['conversation', 'account', 'receipts', 'stories', 'story'], opens: [], project,
}
