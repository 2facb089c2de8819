import * as TE from 'fp-ts/lib/TaskEither.js'
import type { RecordedEvent } from '../../../events/event-store.js'
import { limits } from '../../../events/limits.js'
import type { Notice } from '../../../events/notifications.js'
import { mayRead } from '../../../events/visibility.js'
import type { NotificationsReader, StoredNotification } from '../../../read-side/ports.js'
import type { MemoryMembers } from './members.js'
import type { MemoryNotifications } from './notifications.js'
import { silenceKey } from './notifications.js'
import type { MemoryStories } from './stories.js'
import type { MemoryTimeline } from './timeline.js'
import { messageSeen, seenBy } from './visible-timeline.js'

interface Models {
  readonly timeline: MemoryTimeline
  readonly members: MemoryMembers
  readonly notifications: MemoryNotifications
  readonly stories: MemoryStories
}

/** Whether a silence lasts now, or did when the notice came. */
const isSilenced = ({ notifications }: Models, { account, kind, actor, conversation, messageId, position }: Notice): boolean => {
  const keys = [
    silenceKey(account, 'kind', kind), silenceKey(account, 'block', actor), silenceKey(account, 'blockedBy', actor),
    ...(messageId === undefined || conversation === undefined ? [] : [silenceKey(account, 'conversation', conversation)]),
  ]
  return keys.some((key) => {
    const changes = [...(notifications.tables.current().silences.get(key) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1))
    return changes.at(-1)?.[1] === true || changes.findLast(([from]) => from < position)?.[1] === true
  })
}

/** Whether it is about a story that is over, or about a reaction to one that is not there. */
const isOver = ({ stories }: Models, { kind, at, storyId }: Notice, now: number): boolean => {
  if (storyId === undefined) return false
  const postedAt = kind === 'storyMention' ? at : stories.tables.current().stories.get(storyId)?.postedAt
  return postedAt === undefined || postedAt + limits.storyLifetimeMs <= now
}

const isShown = (models: Models, notice: Notice, now: number): boolean => {
  const cleared = models.notifications.tables.current().marks.get(notice.account)?.cleared ?? ''
  return notice.position > cleared && !isOver(models, notice, now) && !isSilenced(models, notice)
}

const contentOf = ({ timeline, members }: Models, { account, conversation, sequence, messageId }: Notice): RecordedEvent | undefined => {
  if (conversation === undefined || sequence === undefined || messageId === undefined) return undefined
  if (members.tables.current().groups.get(conversation)?.created?.encryption !== 'readable') return undefined
  const seen = seenBy(timeline, members, account, conversation)
  const sent = seen?.timeline.bySequence.get(sequence)
  if (seen === undefined || sent === undefined || !mayRead(seen.visible, sequence)) return undefined
  const message = messageSeen(seen, sent)
  return message.edit ?? message.sent
}

const stored = (models: Models, notice: Notice): StoredNotification => {
  const { account, position, id, kind, actor, at, conversation, sequence, messageId, storyId } = notice
  const read = position <= (models.notifications.tables.current().marks.get(account)?.read ?? '')
  return { account, position, id, kind, actor, at, conversation, sequence, messageId, storyId, read, content: contentOf(models, notice) }
}

/** Without an id a place is past everything at its position. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

const placeOf = ({ position, id }: Pick<Notice, 'position' | 'id'>): string => `${position} ${id}`

/** The reader of `postgresNotificationsReader`, in memory. */
export const memoryNotificationsReader = (models: Models): NotificationsReader => {
  const shown = (now: number, chosen: (notice: Notice) => boolean): ReadonlyArray<StoredNotification> =>
    [...models.notifications.tables.current().notices.values()]
      .filter((notice) => chosen(notice) && isShown(models, notice, now))
      .sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
      .map((notice) => stored(models, notice))
  return {
    page: (account, { before, now, limit }) => TE.fromIO(() =>
      shown(now, (notice) => notice.account === account && (before === undefined || placeOf(notice) < placeOf(before))).toReversed().slice(0, limit)),
    missed: (account, { after, now, limit }) => TE.fromIO(() => {
      const from = after.position === 'start' ? '' : placeOf({ position: after.position, id: after.id ?? LAST_ID })
      return shown(now, (notice) => notice.account === account && placeOf(notice) > from).slice(0, limit)
    }),
    pick: (ids, now) => TE.fromIO(() => shown(now, ({ id }) => ids.includes(id))),
    unread: (account, now, atMost) => TE.fromIO(() => Math.min(atMost, shown(now, (notice) => notice.account === account).filter(({ read }) => !read).length)),
  }
}
