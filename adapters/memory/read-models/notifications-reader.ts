import * as TE from 'fp-ts/lib/TaskEither.js'
import type { RecordedEvent } from '../../../events/event-store.js'
import type { Notice } from '../../../events/notifications.js'
import type { StoryFacts } from '../../../events/story-visibility.js'
import { mayRead } from '../../../events/visibility.js'
import type { NotificationsReader, StoredNotification } from '../../../read-side/ports.js'
import type { MemoryMembers } from './members.js'
import type { MemoryNotifications } from './notifications.js'
import { silenceKey, silencesOf } from './notifications.js'
import { factsOf, inTime, type MemoryStories } from './stories.js'
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
    const changes = silencesOf(notifications, key)
    return changes.at(-1)?.[1] === true || changes.findLast(([from]) => from < position)?.[1] === true
  })
}

const isShown = (models: Models, notice: Notice): boolean => {
  const cleared = models.notifications.tables.current().marks.get(notice.account)?.cleared ?? ''
  return notice.position > cleared && !isSilenced(models, notice)
}

const isAbout = ({ storyId }: Notice, stories: ReadonlyArray<string>): boolean => storyId === undefined || stories.includes(storyId)

/** Of the stories that did not end, the newest first. */
const toldStories = ({ notifications, stories }: Models, account: string): ReadonlyArray<StoryFacts> => {
  const told = new Set([...notifications.tables.current().notices.values()].filter((notice) => notice.account === account).map(({ storyId }) => storyId))
  return [...stories.tables.current().stories.values()]
    .filter(({ storyId }) => told.has(storyId))
    .sort(inTime)
    .toReversed()
    .map(factsOf)
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
  const shown = (chosen: (notice: Notice) => boolean): ReadonlyArray<StoredNotification> =>
    [...models.notifications.tables.current().notices.values()]
      .filter((notice) => chosen(notice) && isShown(models, notice))
      .sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1))
      .map((notice) => stored(models, notice))
  const of = (account: string, stories: ReadonlyArray<string>) => (notice: Notice): boolean => notice.account === account && isAbout(notice, stories)
  return {
    toldStories: (account, since, limit) => TE.fromIO(() =>
      toldStories(models, account).filter(({ postedAt }) => postedAt > since).slice(0, limit)),
    page: (account, { before, stories, limit }) => TE.fromIO(() =>
      shown((notice) => of(account, stories)(notice) && (before === undefined || placeOf(notice) < placeOf(before))).toReversed().slice(0, limit)),
    missed: (account, { after, stories, limit }) => TE.fromIO(() => {
      const from = after.position === 'start' ? '' : placeOf({ position: after.position, id: after.id ?? LAST_ID })
      return shown((notice) => of(account, stories)(notice) && placeOf(notice) > from).slice(0, limit)
    }),
    pick: (ids) => TE.fromIO(() => shown(({ id }) => ids.includes(id))),
    unread: (account, stories, atMost) => TE.fromIO(() => Math.min(atMost, shown(of(account, stories)).filter(({ read }) => !read).length)),
  }
}
