import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Notification } from '../../events/wire/notification.js'
import { orUnavailable } from '../answers.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import { cursorOf, placeOf } from '../inbox/cursor.js'
import type { ReadSide, Told } from '../index.js'
import { queryLimits } from '../limits.js'
import type { StoredNotification } from '../ports.js'
import { notificationView } from './view.js'

type NotificationQueries = Pick<ReadSide, 'notifications' | 'missedNotifications' | 'notificationsByIds'>

export const notificationQueries = ({ readers, keyStore, clock }: ReadSideDependencies): NotificationQueries => {
  const views = (stored: ReadonlyArray<StoredNotification>): TE.TaskEither<Problem, Notification[]> =>
    pipe(
      openContents(keyStore)(stored.flatMap(({ content }) => content ?? [])),
      TE.map((contents) => stored.map(notificationView(contents))),
    )

  const told = (stored: ReadonlyArray<StoredNotification>): TE.TaskEither<Problem, ReadonlyArray<Told>> =>
    pipe(views(stored), TE.map((shown) => RA.zipWith(stored, shown, ({ position }, notification) => ({ at: position, notification }))))

  const notifications: ReadSide['notifications'] = (account, { before, limit }) => {
    const now = clock()
    return pipe(
      TE.fromEither(before === undefined ? E.right(undefined) : placeOf(before)),
      TE.map((place) => place && { position: place.activity, id: place.conversation }),
      TE.chain((place) => orUnavailable(readers.notifications.page(account, { before: place, now, limit: limit + 1 }))),
      TE.bindTo('found'),
      TE.bind('unread', () => orUnavailable(readers.notifications.unread(account, now, queryLimits.unreadCount))),
      TE.bind('shown', ({ found }) => views(found.slice(0, limit))),
      TE.map(({ found, unread, shown }) => {
        const last = found.length > limit ? found[limit - 1] : undefined
        return { notifications: shown, unread, ...(last === undefined ? {} : { next: cursorOf({ activity: last.position, conversation: last.id }) }) }
      }),
    )
  }

  return {
    notifications,
    missedNotifications: (account, after, limit) => pipe(orUnavailable(readers.notifications.missed(account, { after, now: clock(), limit })), TE.chain(told)),
    notificationsByIds: (ids) => (ids.length === 0 ? TE.right([]) : pipe(orUnavailable(readers.notifications.pick(ids, clock())), TE.chain(told))),
  }
}
