import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { errors, jwtVerify, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { accountIdOf, derivedId, isId } from '../../events/ids.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { Authenticator, Identity } from '../../gateway/ports.js'
import type { Clock } from '../../platform/clock.js'
import type { DenyList } from '../issuer/ports.js'
import { storeAway } from '../issuer/store-away.js'
import { keysOf, type FindKey, type KeySource } from './key-set.js'
import { shapeOf } from './token-shape.js'

/** Signatures only, by key pairs only: nothing that a public key could be the secret of. */
const algorithms = ['EdDSA', 'Ed25519', 'ES256', 'ES384', 'PS256', 'PS384', 'RS256']
const MS_IN_SECOND = 1_000
const CLOCK_TOLERANCE_S = 5
const VERIFIED_TOKENS_KEPT = 10_000
const VERIFIED_KEPT_MS = 300_000
const ISSUER_AWAY_RETRY_AFTER_MS = 2_000

export interface TrustedIssuer {
  /** Compared exactly with `iss`. */
  readonly issuer: string
  readonly jwks: KeySource
  /** One of the token's `aud`. */
  readonly audience: string
  /**
   * Default `at+jwt` (RFC 9068). `jwt` for issuers that mark access tokens as plain JWT: then `audience` must be a name that
   * none of the issuer's other tokens, ID tokens above all, is made for.
   */
  readonly tokenType?: 'at+jwt' | 'jwt'
}

export interface JwtAuthenticatorOptions {
  /** Whoever they name is the account `accountIdOf(iss, sub)`. */
  readonly issuers: ReadonlyArray<TrustedIssuer>
  /** Its `sub` is the account id. */
  readonly ownIssuer?: TrustedIssuer
  readonly denyList: DenyList
  readonly clock: Clock
}

interface Checker extends TrustedIssuer {
  readonly isOwn: boolean
  readonly findKey: FindKey
}

const refused = (): Problem => problem('unauthenticated')
const away = (): Problem => problem('unavailable', { retryAfterMs: ISSUER_AWAY_RETRY_AFTER_MS })

/** Carries a refusal of the key look-up through `jwtVerify`, which knows exceptions only. */
class KeyNotFound extends Error {
  override readonly name = 'KeyNotFound'
  constructor(readonly problem: Problem) {
    super(problem.title)
  }
}

const checkersOf = ({ issuers, ownIssuer, clock }: JwtAuthenticatorOptions): ReadonlyMap<string, Checker> => {
  const all = [...issuers.map((one) => ({ ...one, isOwn: false })), ...(ownIssuer === undefined ? [] : [{ ...ownIssuer, isOwn: true }])]
  const checkers = new Map(all.map((one) => [one.issuer, { ...one, findKey: keysOf(one.jwks, clock) }]))
  if (checkers.size < all.length) throw new Error('two trusted issuers have the same name')
  return checkers
}

/** A session's tokens (`sid`) of our own issuer are denied together, others one by one (`jti`). */
const tokenIdOf = ({ iss, jti, sid }: JWTPayload, isOwn: boolean): string | undefined => {
  if (isOwn && typeof sid === 'string') return sid
  return iss === undefined || jti === undefined ? undefined : derivedId('token', iss, jti)
}

const identityOf = (claims: JWTPayload, { issuer, isOwn }: Checker, now: number): E.Either<Problem, Identity> => {
  const { sub, exp } = claims
  if (exp === undefined || typeof sub !== 'string' || sub === '' || exp * MS_IN_SECOND <= now || (isOwn && !isId(sub))) return E.left(refused())
  return E.right({ account: isOwn ? sub : accountIdOf(issuer, sub), expiresAt: exp * MS_IN_SECOND, tokenId: tokenIdOf(claims, isOwn) })
}

const verify = async (token: string, checker: Checker, now: number): Promise<E.Either<Problem, Identity>> => {
  const { issuer, audience, findKey } = checker
  try {
    const { payload } = await jwtVerify(token, async (header, input) => {
      const key = await findKey(header, input)
      if (E.isRight(key)) return key.right
      throw new KeyNotFound(key.left === 'Unavailable' ? away() : refused())
    }, { issuer, audience, algorithms, requiredClaims: ['exp', 'sub'], currentDate: new Date(now), clockTolerance: CLOCK_TOLERANCE_S })
    return identityOf(payload, checker, now)
  } catch (error) {
    if (error instanceof KeyNotFound) return E.left(error.problem)
    if (error instanceof errors.JOSEError || error instanceof TypeError) return E.left(refused())
    throw error
  }
}

/** Tokens that were verified, by their digest, for at most five minutes and never past their end. */
const verifiedTokens = (clock: Clock) => {
  const kept = new LRUCache<string, { readonly identity: Identity; readonly until: number }>({ max: VERIFIED_TOKENS_KEPT })
  const nameOf = (token: string): string => createHash('sha256').update(token).digest('base64url')
  return {
    find: (token: string): Identity | undefined => {
      const found = kept.get(nameOf(token))
      return found !== undefined && clock() < found.until ? found.identity : undefined
    },
    keep: (token: string, identity: Identity): void => {
      kept.set(nameOf(token), { identity, until: Math.min(identity.expiresAt, clock() + VERIFIED_KEPT_MS) })
    },
  }
}

/**
 * Checks JWT access tokens: size, canonical spelling, algorithm, key, issuer, audience, times, type, deny list.
 * `exp` is exact; `nbf` may be 5 s ahead of our clock. The deny list is asked each time. When an issuer's keys
 * or the deny list cannot be had the answer is `unavailable`, never a guess. Throws when two issuers have one name.
 */
export const jwtAuthenticator = (options: JwtAuthenticatorOptions): Authenticator => {
  const { denyList, clock } = options
  const checkers = checkersOf(options)
  const verified = verifiedTokens(clock)

  const check = async (token: string): Promise<E.Either<Problem, Identity>> => {
    const known = verified.find(token)
    if (known !== undefined) return E.right(known)
    const shape = shapeOf(token)
    const checker = shape === undefined ? undefined : checkers.get(shape.issuer)
    if (checker === undefined || shape?.type !== (checker.tokenType ?? 'at+jwt')) return E.left(refused())
    const identity = await verify(token, checker, clock())
    if (E.isRight(identity)) verified.keep(token, identity.right)
    return identity
  }
  const revoked = (tokenIds: ReadonlyArray<string>) =>
    pipe(denyList.denied(tokenIds), TE.mapLeft(storeAway))
  const unlessDenied = (identity: Identity): TE.TaskEither<Problem, Identity> =>
    identity.tokenId === undefined ? TE.right(identity) : pipe(revoked([identity.tokenId]), TE.filterOrElse((denied) => denied.size === 0, refused), TE.map(() => identity))

  return { identify: (token) => pipe(() => check(token), TE.chain(unlessDenied)), revoked }
}
