import { createHash, createHmac, randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { derivedId, isId } from '../../events/ids.js'
import type { Clock } from '../../platform/clock.js'
import type { NewId } from '../../platform/identifiers.js'
import type { SigningKeys } from './signing-keys.js'

const MS_IN_SECOND = 1_000
const FAMILY_BYTES = 16
const SECRET_BYTES = 32
const successorLabel = 'tidings refresh token successor'

/** `family` names the row; only whoever was given the token knows it. */
export interface RefreshToken {
  readonly text: string
  readonly family: string
  readonly hash: Uint8Array
}

const uuidOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

const refreshTokenOf = (bytes: Uint8Array): RefreshToken => ({
  text: Buffer.from(bytes).toString('base64url'),
  family: uuidOf(bytes.subarray(0, FAMILY_BYTES)),
  hash: createHash('sha256').update(bytes).digest(),
})

export const newRefreshToken = (): RefreshToken => refreshTokenOf(randomBytes(FAMILY_BYTES + SECRET_BYTES))

/** Undefined: never one of ours. */
export const readRefreshToken = (text: string): RefreshToken | undefined => {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.byteLength === FAMILY_BYTES + SECRET_BYTES && bytes.toString('base64url') === text ? refreshTokenOf(bytes) : undefined
}

/**
 * The token that replaces this one: always the same, so a refresh whose answer was lost gives the same answer again.
 * Whoever lacks the secret cannot tell it.
 */
export const successorOf = (token: RefreshToken, secret: Uint8Array): RefreshToken => {
  const family = Buffer.from(token.text, 'base64url').subarray(0, FAMILY_BYTES)
  return refreshTokenOf(Buffer.concat([family, createHmac('sha256', secret).update(successorLabel).update(token.hash).digest()]))
}

/** What the access tokens of one signed-in family have in common (`sid`), and what they are denied by. Tells nothing of the family. */
export const sessionOf = (family: string): string => derivedId('session', family)

export interface AccessTokenOptions {
  readonly keys: SigningKeys
  readonly issuer: string
  readonly audience: string
  readonly lifetimeMs: number
  readonly clock: Clock
  readonly newId: NewId
}

/** A JWT access token (RFC 9068) of the account, which must be one of our ids. */
export const signAccessToken = async ({ keys, issuer, audience, lifetimeMs, clock, newId }: AccessTokenOptions, account: string, family: string): Promise<string> => {
  if (!isId(account)) throw new Error('a token is signed for an account id')
  const { kid, key } = await keys.current()
  const issuedAt = Math.floor(clock() / MS_IN_SECOND)
  return new SignJWT({ sid: sessionOf(family), client_id: 'tidings' })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(account)
    .setJti(newId())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.floor(lifetimeMs / MS_IN_SECOND))
    .sign(key)
}
