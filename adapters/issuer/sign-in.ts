import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Profile } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import type { NewId } from '../../platform/identifiers.js'
import type { Passwords } from './passwords.js'
import type { IssuerStore } from './ports.js'
import type { GivenTokens, Sessions } from './sessions.js'
import { storeAway } from './store-away.js'

export interface SignUp extends Profile {
  readonly password: string
}

export interface Accounts {
  /** Runs RegisterAccount: claims the handle, atomically; idempotent. */
  readonly register: (account: string, profile: Profile) => TE.TaskEither<Problem, unknown>
  /** Which account holds the handle, from the moment it was claimed. */
  readonly accountOf: (handle: string) => TE.TaskEither<Problem, O.Option<string>>
}

export interface SignInOptions extends Accounts {
  readonly store: IssuerStore
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly newId: NewId
}

export interface SignInService {
  readonly signUp: (request: SignUp) => TE.TaskEither<Problem, GivenTokens>
  readonly signIn: (request: { readonly handle: string; readonly password: string }) => TE.TaskEither<Problem, GivenTokens>
}

const isHandleTaken = ({ type }: Problem): boolean => type === problem('handle-taken').type
const profileOf = ({ handle, name, email }: SignUp): Profile => ({ handle, name, ...(email === undefined ? {} : { email }) })

/** What anybody would try first with what is known of the person. */
const isGuessable = ({ password, handle, name, email }: SignUp): boolean =>
  [handle, name, email ?? handle].some((known) => known.toLowerCase() === password.toLowerCase())

/**
 * Signing in and up. Whether a handle exists cannot be told from sign-in: the same work, the same answer.
 *
 * Sign-up keeps the password first, under a new account id, then registers (which claims the handle), then gives
 * tokens. Cut off anywhere, the same sign-up again ends well: before the claim it starts afresh, and what was kept names
 * nobody; after it, the handle's account has this password, so what is missing is registered and tokens are given.
 */
export const signInService = (options: SignInOptions): SignInService => {
  const { store: { credentials }, passwords, sessions, newId, register, accountOf } = options

  /** The account that holds the handle, if the password is its own. */
  const recognised = (handle: string, password: string): TE.TaskEither<Problem, O.Option<string>> =>
    pipe(
      accountOf(handle),
      TE.chain((account) => pipe(
        credentials.find(O.getOrElse(newId)(account)),
        TE.mapLeft(storeAway),
        TE.chain((found) => () => passwords.verify(O.toUndefined(found), password)),
        TE.map((matches) => (matches ? account : O.none)),
      )),
    )

  const signIn: SignInService['signIn'] = ({ handle, password }) =>
    pipe(recognised(handle, password), TE.chain(O.match(() => TE.left(problem('wrong-credentials')), sessions.open)))

  /** The handle is held: by this very sign-up, sent before, or by somebody else. */
  const resume = (request: SignUp): TE.TaskEither<Problem, GivenTokens> =>
    pipe(
      recognised(request.handle, request.password),
      TE.chain(O.match(
        () => TE.left(problem('handle-taken')),
        (account) => pipe(register(account, profileOf(request)), TE.chain(() => sessions.open(account))),
      )),
    )

  const start = (request: SignUp): TE.TaskEither<Problem, GivenTokens> => {
    const account = newId()
    return pipe(
      () => passwords.hash(request.password),
      TE.chain((hash) => pipe(credentials.save(account, hash), TE.mapLeft(storeAway))),
      TE.chain(() => register(account, profileOf(request))),
      TE.matchE(
        (refusal): TE.TaskEither<Problem, GivenTokens> => {
          if (!isHandleTaken(refusal)) return TE.left(refusal)
          return pipe(credentials.remove(account), TE.mapLeft(storeAway), TE.chain(() => resume(request)))
        },
        () => sessions.open(account),
      ),
    )
  }

  const signUp: SignInService['signUp'] = (request) => {
    if (isGuessable(request)) return TE.left(problem('malformed', { errors: [{ path: '/body/password', message: 'must not be your handle, name or e-mail' }] }))
    return pipe(accountOf(request.handle), TE.chain(O.match(() => start(request), () => resume(request))))
  }
  return { signUp, signIn }
}
