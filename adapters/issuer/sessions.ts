import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { Identity } from '../../gateway/ports.js'
import type { IssuerStore, Rotated } from './ports.js'
import { storeAway } from './store-away.js'
import { newRefreshToken, readRefreshToken, sessionOf, signAccessToken, successorOf, type AccessTokenOptions, type RefreshToken } from './tokens.js'

const MS_IN_SECOND = 1_000
const DAY_MS = 86_400_000
/** How long a refresh whose answer was lost may be sent again. */
export const REFRESH_GRACE_MS = 60_000

export interface GivenTokens {
  readonly account: string
  readonly accessToken: string
  readonly tokenType: 'Bearer'
  /** Seconds. */
  readonly expiresIn: number
  readonly refreshToken: string
}

export interface SessionOptions extends AccessTokenOptions {
  readonly store: IssuerStore
  readonly refreshTokenDays: number
}

/** What was signed in: carried on by refresh tokens, ended as a whole. */
export interface Sessions {
  readonly open: (account: string) => TE.TaskEither<Problem, GivenTokens>
  /**
   * Replaces the refresh token. Sent again within a minute, while its successor is unused, it is answered with the same
   * successor. Any other use of a replaced token means that two hold it: the session ends, its access tokens too.
   */
  readonly refresh: (refreshToken: string) => TE.TaskEither<Problem, GivenTokens>
  /** Ends the session, its access tokens, and the access token of who asks. Idempotent. */
  readonly end: (refreshToken: string, caller: Pick<Identity, 'tokenId' | 'expiresAt'>) => TE.TaskEither<Problem, void>
}

const signInAgain = (): Problem => problem('unauthenticated', { detail: 'This refresh token is no longer good: sign in again.' })

type Deny = (tokenId: string, until?: number) => TE.TaskEither<Problem, void>

/** Denied until every access token of now is over. */
const denying = ({ store, clock, lifetimeMs }: SessionOptions): Deny => (tokenId, until = 0) =>
  pipe(store.denyList.deny(tokenId, Math.max(until, clock() + lifetimeMs), clock()), TE.mapLeft(storeAway))

const ending = ({ store }: SessionOptions, deny: Deny): Sessions['end'] => (text, { tokenId, expiresAt }) => {
  const token = readRefreshToken(text)
  const endFamily =
    token === undefined
      ? TE.right(undefined)
      : pipe(
          store.families.revoke(token.family, token.hash),
          TE.mapLeft(storeAway),
          TE.chain(O.match(() => TE.right(undefined), () => deny(sessionOf(token.family)))),
        )
  return pipe(tokenId === undefined ? TE.right(undefined) : deny(tokenId, expiresAt), TE.chain(() => endFamily))
}

const refreshing = (options: SessionOptions, deny: Deny, give: (account: string, token: RefreshToken) => TE.TaskEither<Problem, GivenTokens>): Sessions['refresh'] => {
  const { store: { families }, keys, clock, refreshTokenDays } = options
  const answer = (rotated: Rotated, used: RefreshToken, next: RefreshToken): TE.TaskEither<Problem, GivenTokens> => {
    switch (rotated._tag) {
      case 'Rotated':
        return give(rotated.account, next)
      case 'Reused':
        return pipe(deny(sessionOf(used.family)), TE.chain(() => TE.left(signInAgain())))
      case 'Unknown':
        return TE.left(signInAgain())
    }
  }
  const replace = (used: RefreshToken): TE.TaskEither<Problem, GivenTokens> => async () => {
    const [next, now] = [successorOf(used, await keys.refreshSecret()), clock()]
    const rotation = { family: used.family, used: used.hash, next: next.hash, expiresAt: now + refreshTokenDays * DAY_MS, now, graceMs: REFRESH_GRACE_MS }
    return pipe(families.rotate(rotation), TE.mapLeft(storeAway), TE.chain((rotated) => answer(rotated, used, next)))()
  }
  return (text) => {
    const used = readRefreshToken(text)
    return used === undefined ? TE.left(signInAgain()) : replace(used)
  }
}

export const createSessions = (options: SessionOptions): Sessions => {
  const { store: { families }, clock, lifetimeMs, refreshTokenDays } = options
  const deny = denying(options)
  const give = (account: string, refreshToken: RefreshToken): TE.TaskEither<Problem, GivenTokens> =>
    TE.fromTask(async () => ({
      account,
      accessToken: await signAccessToken(options, account, refreshToken.family),
      tokenType: 'Bearer',
      expiresIn: Math.floor(lifetimeMs / MS_IN_SECOND),
      refreshToken: refreshToken.text,
    }))
  return {
    open: (account) => {
      const [first, now] = [newRefreshToken(), clock()]
      return pipe(
        families.open({ family: first.family, account, tokenHash: first.hash, expiresAt: now + refreshTokenDays * DAY_MS }, now),
        TE.mapLeft(storeAway),
        TE.chain(() => give(account, first)),
      )
    },
    refresh: refreshing(options, deny, give),
    end: ending(options, deny),
  }
}
