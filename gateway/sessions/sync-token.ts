import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { Position } from '../../events/event-store.js'

const formatVersion = 1
const nonceBytes = 12
const tagBytes = 16
const bodyAt = 1 + nonceBytes + tagBytes
const DAY_MS = 86_400_000

/** Why a token is not honoured: the reason of the `resync` frame. */
export type SyncRefusal = 'unreadable' | 'expired' | 'unknown-place'

export interface TokenOwner {
  readonly account: string
  readonly device: string
}

export interface SyncTokens {
  readonly seal: (owner: TokenOwner, place: Position | 'start', nowMs: number) => string
  /** Malformed, altered and another device's tokens are all `unreadable`. */
  readonly open: (owner: TokenOwner, token: string, nowMs: number) => E.Either<SyncRefusal, Position | 'start'>
}

/**
 * Sync tokens: version (1) ‖ nonce (12) ‖ tag (16) ‖ AES-256-GCM(issuedAt, place), base64url. The key is derived for
 * account and device: it binds the token to them, and keeps random nonces far below their bound for one key
 * (NIST SP 800-38D, 2^32) however many tokens are given out.
 */
export const syncTokens = (key: Uint8Array, lifetimeDays: number): SyncTokens => {
  const keyOf = ({ account, device }: TokenOwner): Buffer => createHmac('sha256', key).update(`sync token\n${account}\n${device}`).digest()

  const seal: SyncTokens['seal'] = (owner, place, nowMs) => {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', keyOf(owner), nonce).setAAD(Buffer.of(formatVersion))
    const body = Buffer.concat([cipher.update(`${nowMs}\n${place}`, 'utf8'), cipher.final()])
    return Buffer.concat([Buffer.of(formatVersion), nonce, cipher.getAuthTag(), body]).toString('base64url')
  }
  const plain = (owner: TokenOwner, token: string): string | undefined => {
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length <= bodyAt || bytes[0] !== formatVersion || bytes.toString('base64url') !== token) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', keyOf(owner), bytes.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes })
        .setAAD(Buffer.of(formatVersion))
        .setAuthTag(bytes.subarray(1 + nonceBytes, bodyAt))
      return decipher.update(bytes.subarray(bodyAt), undefined, 'utf8') + decipher.final('utf8')
    } catch {
      return undefined
    }
  }
  return {
    seal,
    open: (owner, token, nowMs) => {
      const [issuedAt, place] = plain(owner, token)?.split('\n') ?? []
      if (issuedAt === undefined || place === undefined) return E.left('unreadable')
      return nowMs - Number(issuedAt) > lifetimeDays * DAY_MS ? E.left('expired') : E.right(place as Position | 'start')
    },
  }
}
