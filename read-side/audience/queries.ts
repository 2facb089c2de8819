import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { notificationKinds } from '../../events/schemas/common.js'
import { orUnavailable } from '../answers.js'
import type { ReadSideDependencies } from '../dependencies.js'
import { pageOf, placeBefore } from '../inbox/cursor.js'
import type { ReadSide } from '../index.js'
import type { AccountSettings, AccountsPage } from '../views.js'

export const audienceQueries = ({ readers }: ReadSideDependencies): Pick<ReadSide, 'listedAccounts' | 'settings'> => ({
  listedAccounts: (account, list, { before, limit }) =>
    pipe(
      placeBefore(before),
      TE.map((place) => place && { position: place.activity, userId: place.conversation }),
      TE.chain((place) => orUnavailable(readers.audience.listed(account, list, { before: place, limit: limit + 1 }))),
      TE.map((found) => pageOf(found, limit, ({ position, userId }) => ({ activity: position, conversation: userId }))),
      TE.map(({ shown, next }): AccountsPage => ({ accounts: shown.map(({ userId }) => userId), ...next })),
    ),
  settings: (account) =>
    pipe(
      orUnavailable(readers.audience.settings(account)),
      TE.map(({ notificationsOff, lastSeen }): AccountSettings => ({
        notifications: notificationKinds.map((kind) => ({ kind, enabled: !notificationsOff.includes(kind) })), lastSeen,
      })),
    ),
})
