import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import * as O from 'fp-ts/lib/Option.js'
import type { WrappingKey } from '../../events/key-store.js'

const FORMAT_VERSION = 1
const NONCE_BYTES = 12
const TAG_BYTES = 16
export const KEY_BYTES = 32
export const WRAPPED_BYTES = 1 + NONCE_BYTES + TAG_BYTES + KEY_BYTES

/** A unit's key as it lies in a database: of no use without the wrapping key of its shard. */
export interface WrappedUnit {
  readonly unit: string
  readonly owner: string
  readonly shard: string
  readonly wrapped: Uint8Array
}

const associated = (unit: string, owner: string, shard: string): Buffer => Buffer.from(JSON.stringify([FORMAT_VERSION, unit, owner, shard]))

/**
 * AES-256-GCM with a fresh 96-bit nonce, bound to unit, owner and shard: a row moved to another of these does not open.
 * Layout: version (1) ‖ nonce (12) ‖ tag (16) ‖ encrypted key (32). A shard has at most `limits.unitsPerShard` units.
 */
export const wrap = (under: WrappingKey, unit: string, owner: string, key: Uint8Array): Uint8Array => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', under.key, nonce).setAAD(associated(unit, owner, under.id))
  const body = Buffer.concat([cipher.update(key), cipher.final()])
  return Buffer.concat([Buffer.of(FORMAT_VERSION), nonce, cipher.getAuthTag(), body])
}

/** The key of a unit; none when the row was altered, moved, or wrapped under another key. */
export const unwrap = (under: WrappingKey, { unit, owner, shard, wrapped }: WrappedUnit): O.Option<Uint8Array> => {
  if (wrapped.byteLength !== WRAPPED_BYTES || wrapped[0] !== FORMAT_VERSION) return O.none
  const [nonceEnd, tagEnd] = [1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES]
  try {
    const decipher = createDecipheriv('aes-256-gcm', under.key, wrapped.subarray(1, nonceEnd), { authTagLength: TAG_BYTES })
      .setAAD(associated(unit, owner, shard))
      .setAuthTag(wrapped.subarray(nonceEnd, tagEnd))
    return O.some(Buffer.concat([decipher.update(wrapped.subarray(tagEnd)), decipher.final()]))
  } catch {
    return O.none
  }
}
