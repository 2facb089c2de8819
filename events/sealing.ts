import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { StreamName } from './event-store.js'

const formatVersion = 1
const nonceBytes = 12
const tagBytes = 16
const saltBytes = 16

/** What a seal is bound to: moved to another event, it does not open. */
export interface SealBinding {
  readonly stream: StreamName
  readonly eventId: string
  readonly type: string
}

export interface Sealed {
  readonly sealed: Uint8Array
  /** SHA-256(salt ‖ content), base64url: goes into `data`, says nothing once the key is destroyed. */
  readonly digest: string
}

export interface Opened {
  readonly content: Uint8Array
  readonly salt: Uint8Array
}

export interface SealBroken {
  readonly _tag: 'SealBroken'
}

const associated = (binding: SealBinding): Buffer => Buffer.from(`${formatVersion}\n${binding.stream}\n${binding.eventId}\n${binding.type}`)

export const contentDigest = (salt: Uint8Array, content: Uint8Array): string =>
  createHash('sha256').update(salt).update(content).digest('base64url')

/**
 * Seals content under the key of its unit: AES-256-GCM with a fresh 96-bit nonce (NIST SP 800-38D), bound to
 * stream, event and type. Layout: version (1) ‖ nonce (12) ‖ tag (16) ‖ encrypted(salt (16) ‖ content).
 */
export const seal = (key: Uint8Array, binding: SealBinding, content: Uint8Array): Sealed => {
  const nonce = randomBytes(nonceBytes)
  const salt = randomBytes(saltBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated(binding))
  const body = Buffer.concat([cipher.update(salt), cipher.update(content), cipher.final()])
  return { sealed: Buffer.concat([Buffer.of(formatVersion), nonce, cipher.getAuthTag(), body]), digest: contentDigest(salt, content) }
}

/** Opens what `seal` made; every failure (other key, other event, altered, other version) is the same one. */
export const open = (key: Uint8Array, binding: SealBinding, sealed: Uint8Array): E.Either<SealBroken, Opened> => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  const bodyAt = 1 + nonceBytes + tagBytes
  if (bytes.length < bodyAt + saltBytes || bytes[0] !== formatVersion) return E.left({ _tag: 'SealBroken' })
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + nonceBytes), { authTagLength: tagBytes })
      .setAAD(associated(binding))
      .setAuthTag(bytes.subarray(1 + nonceBytes, bodyAt))
    const plain = Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()])
    return E.right({ salt: plain.subarray(0, saltBytes), content: plain.subarray(saltBytes) })
  } catch {
    return E.left({ _tag: 'SealBroken' })
  }
}
