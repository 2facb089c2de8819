import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Profile } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import { orNotFound, orUnavailable } from '../answers.js'
import type { Contents } from '../contents/open-contents.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import type { ReadSide } from '../index.js'
import { queryLimits } from '../limits.js'
import type { StoredAccount } from '../ports.js'
import type { AccountView, PublicProfile } from '../views.js'

const profileOf = (contents: Contents, { profile }: StoredAccount): Profile | undefined => {
  const opened = contents(profile)
  return opened?._tag === 'Opened' ? (opened.content as Profile) : undefined
}

const publicProfile = (contents: Contents) => (account: StoredAccount): PublicProfile | undefined => {
  const profile = profileOf(contents, account)
  return profile && { userId: account.userId, handle: profile.handle, name: profile.name }
}

/** Forgotten accounts answer as unknown ones do. */
const known = TE.chainOptionKW(() => problem('not-found'))

export const accountQueries = ({ readers, keyStore, handleDigest }: ReadSideDependencies): Pick<ReadSide, 'account' | 'accountByHandle' | 'profiles'> => {
  const opened = openContents(keyStore)
  return {
    account: (userId) =>
      pipe(
        orNotFound(readers.accounts.withDevices(userId)),
        TE.chain(({ account, devices }) => pipe(
          opened([account.profile]),
          known((contents): O.Option<AccountView> => {
            const profile = profileOf(contents, account)
            return O.fromNullable(profile && { userId, ...profile, devices: [...devices] })
          }),
        )),
      ),
    accountByHandle: (_account, handle) =>
      pipe(
        orNotFound(readers.accounts.byHandle(handleDigest(handle.toLowerCase()))),
        TE.chain((account) => pipe(opened([account.profile]), known((contents) => O.fromNullable(publicProfile(contents)(account))))),
      ),
    profiles: (_account, ids) => {
      if (ids.length > queryLimits.profiles) {
        return TE.left(problem('malformed', { errors: [{ path: '/ids', message: `at most ${queryLimits.profiles} at once` }] }))
      }
      return pipe(
        orUnavailable(readers.accounts.find(ids)),
        TE.chain((accounts) => pipe(
          opened(accounts.map(({ profile }) => profile)),
          TE.map((contents) => {
            const byId = new Map(accounts.map((account) => [account.userId, publicProfile(contents)(account)]))
            return [...new Set(ids)].flatMap((id) => byId.get(id) ?? [])
          }),
        )),
      )
    },
  }
}
