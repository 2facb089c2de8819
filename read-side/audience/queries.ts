import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { notificationKinds } from '../../events/schemas/common.js'
import { orUnavailable } from '../answers.js'
import type { ReadSideDependencies } from '../dependencies.js'
import { cursorOf, placeOf } from '../inbox/cursor.js'
import type { ReadSide } from '../index.js'
import type { ListedPlace } from '../ports.js'
import type { AccountsPage, AccountSettings } from '../views.js'

const pageOf = (found: ReadonlyArray<ListedPlace>, limit: number): AccountsPage => {
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  return {
    accounts: shown.map(({ userId }) => userId),
    ...(last === undefined ? {} : { next: cursorOf({ activity: last.position, conversation: last.userId }) }),
  }
}

export const audienceQueries = ({ readers }: ReadSideDependencies): Pick<ReadSide, 'listedAccounts' | 'settings'> => ({
  listedAccounts: (account, list, { before, limit }) =>
    pipe(
      TE.fromEither(before === undefined ? E.right(undefined) : placeOf(before)),
      TE.map((place) => place && { position: place.activity, userId: place.conversation }),
      TE.chain((place) => orUnavailable(readers.audience.listed(account, list, { before: place, limit: limit + 1 }))),
      TE.map((found) => pageOf(found, limit)),
    ),
  settings: (account) =>
    pipe(
      orUnavailable(readers.audience.settings(account)),
      TE.map(({ notificationsOff, lastSeen }): AccountSettings => ({
        notifications: notificationKinds.map((kind) => ({ kind, enabled: !notificationsOff.includes(kind) })), lastSeen,
      })),
    ),
})
