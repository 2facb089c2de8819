import { decodeJwt, decodeProtectedHeader } from 'jose'

export const TOKEN_BYTES_AT_MOST = 4_096
const KEY_ID_CHARACTERS_AT_MOST = 256

const isCanonical = (part: string): boolean => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part

const decoded = (token: string) => {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) }
  } catch {
    return undefined
  }
}

/** What an unverified token claims about how to verify it. */
export interface TokenShape {
  readonly issuer: string
  /** Lower-case, without `application/`. */
  readonly type: string
}

/**
 * Looks at a token before any key is sought: size, three parts in canonical base64url (a token has one spelling), a key
 * id, a type and an issuer. Undefined: it is no token for us.
 */
export const shapeOf = (token: string): TokenShape | undefined => {
  if (token.length > TOKEN_BYTES_AT_MOST) return undefined
  const parts = token.split('.')
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined
  const { header, claims } = decoded(token) ?? {}
  if (header === undefined || claims === undefined) return undefined
  const { kid, typ } = header
  if (typeof typ !== 'string' || typeof claims.iss !== 'string') return undefined
  if (typeof kid !== 'string' || kid === '' || kid.length > KEY_ID_CHARACTERS_AT_MOST) return undefined
  return { issuer: claims.iss, type: typ.toLowerCase().replace(/^application\//, '') }
}
