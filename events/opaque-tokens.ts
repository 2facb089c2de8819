import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto'
import * as O from 'fp-ts/lib/Option.js'

const ivBytes = 16
const cipher = 'aes-256-ctr'

/** Places of ours as clients hold them: they give them back and can neither read, compare nor make them. */
export interface OpaqueTokens {
  /** The same text gives the same token; equal lengths give equal lengths. */
  readonly seal: (text: string) => string
  /** None for whatever `seal` did not write. */
  readonly open: (token: string) => O.Option<string>
}

/**
 * Base64url of iv (16) ‖ AES-256-CTR(text), where iv = HMAC-SHA256(text), cut: a synthetic iv (as in RFC 5297), which is the
 * tag as well. Tokens are the same each time, so that an answer that is given again is the same to the byte.
 *
 * @param key 32 bytes, the same in every process: `keyring.derived('opaque tokens')`
 */
export const opaqueTokens = (key: Uint8Array): OpaqueTokens => {
  const keyFor = (purpose: string): Buffer => createHmac('sha256', key).update(purpose).digest()
  const [ivKey, textKey] = [keyFor('iv'), keyFor('text')]
  const ivOf = (text: string): Buffer => createHmac('sha256', ivKey).update(text).digest().subarray(0, ivBytes)

  return {
    seal: (text) => {
      const iv = ivOf(text)
      return Buffer.concat([iv, createCipheriv(cipher, textKey, iv).update(text, 'utf8')]).toString('base64url')
    },
    open: (token) => {
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length <= ivBytes || bytes.toString('base64url') !== token) return O.none
      const iv = bytes.subarray(0, ivBytes)
      const text = createDecipheriv(cipher, textKey, iv).update(bytes.subarray(ivBytes)).toString('utf8')
      return timingSafeEqual(iv, ivOf(text)) ? O.some(text) : O.none
    },
  }
}
