import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { limits } from '../../events/limits.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Notification } from '../../events/wire/notification.js'
import { orUnavailable } from '../answers.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import { pageOf, placeBefore } from '../inbox/cursor.js'
import type { ReadSide, Told } from '../index.js'
import { queryLimits } from '../limits.js'
import type { StoredNotification } from '../ports.js'
import { storiesSeen } from '../stories/seen.js'
import { notificationView } from './view.js'

type NotificationQueries = Pick<ReadSide, 'notifications' | 'missedNotifications' | 'notificationsByIds'>

/** The stories that the account is told of and may see now, by id. Whatever shows or counts notifications asks for them (P4, T1). */
const toldStories = ({ readers, audience, clock }: ReadSideDependencies) => {
  const seen = storiesSeen({ audience, clock })
  return (account: string): TE.TaskEither<Problem, ReadonlyArray<string>> => pipe(
    orUnavailable(readers.notifications.toldStories(account, clock() - limits.storyLifetimeMs, queryLimits.toldStories)),
    TE.chain((stories) => (stories.length === 0 ? TE.right([]) : pipe(
      seen(account, stories, [...new Set(stories.map(({ author }) => author))]),
      TE.map(({ visible }) => visible.map(({ storyId }) => storyId)),
    ))),
  )
}

/** Those that are about no story, or about one that their account may see now. */
const withoutUnseen = (told: ReturnType<typeof toldStories>) => (found: ReadonlyArray<StoredNotification>): TE.TaskEither<Problem, ReadonlyArray<StoredNotification>> => {
  const accounts = [...new Set(found.flatMap(({ account, storyId }) => (storyId === undefined ? [] : [account])))]
  return pipe(
    accounts,
    TE.traverseArray((account) => pipe(told(account), TE.map((stories) => [account, new Set(stories)] as const))),
    TE.map((entries) => {
      const stories = new Map(entries)
      return found.filter(({ account, storyId }) => storyId === undefined || stories.get(account)?.has(storyId) === true)
    }),
  )
}

export const notificationQueries = (dependencies: ReadSideDependencies): NotificationQueries => {
  const { readers, keyStore } = dependencies
  const told = toldStories(dependencies)
  const views = (stored: ReadonlyArray<StoredNotification>): TE.TaskEither<Problem, Notification[]> =>
    pipe(
      openContents(keyStore)(stored.flatMap(({ content }) => content ?? [])),
      TE.map((contents) => stored.map(notificationView(contents))),
    )

  const placed = (stored: ReadonlyArray<StoredNotification>): TE.TaskEither<Problem, ReadonlyArray<Told>> =>
    pipe(views(stored), TE.map((shown) => RA.zipWith(stored, shown, ({ position }, notification) => ({ at: position, notification }))))

  const notifications: ReadSide['notifications'] = (account, { before, limit }) =>
    pipe(
      placeBefore(before),
      TE.map((place) => place && { position: place.activity, id: place.conversation }),
      TE.bindTo('place'),
      TE.bind('stories', () => told(account)),
      TE.bind('found', ({ place, stories }) => orUnavailable(readers.notifications.page(account, { before: place, stories, limit: limit + 1 }))),
      TE.bind('unread', ({ stories }) => orUnavailable(readers.notifications.unread(account, stories, queryLimits.unreadCount))),
      TE.let('page', ({ found }) => pageOf(found, limit, ({ position, id }) => ({ activity: position, conversation: id }))),
      TE.bind('shown', ({ page }) => views(page.shown)),
      TE.map(({ page, unread, shown }) => ({ notifications: shown, unread, ...page.next })),
    )

  return {
    notifications,
    // A story that comes in between is told live to whoever catches up.
    missedNotifications: (account, after, limit) => pipe(
      told(account),
      TE.chain((stories) => orUnavailable(readers.notifications.missed(account, { after, stories, limit }))),
      TE.chain(placed),
    ),
    notificationsByIds: (ids) => (ids.length === 0 ? TE.right([]) : pipe(
      orUnavailable(readers.notifications.pick(ids)),
      TE.chain(withoutUnseen(told)),
      TE.chain(placed),
    )),
  }
}
