import { limits } from '../../../events/limits.js'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Text of one line's bytes: UTF-8 where it is valid, else Latin-1, in which every byte means something. */
export const decodeLine = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes)
  } catch {
    return Buffer.from(bytes).toString('latin1')
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** The longest beginning of `text` that is at most `bytes` bytes of UTF-8; never cuts a character in two. */
export const clip = (text: string, bytes: number = limits.contentBytes): string => {
  const encoded = Buffer.from(text, 'utf8')
  if (encoded.length <= bytes) return text
  let end = bytes
  while (end > 0 && isContinuation(encoded[end])) end -= 1
  return encoded.toString('utf8', 0, end)
}

/**
 * Text that can be a message: tabs are spaces, control characters are gone, lone surrogates are U+FFFD, at most
 * `limits.contentBytes` of UTF-8. Idempotent.
 */
export const cleanText = (text: string): string =>
  clip(text.replaceAll('\t', ' ').replace(/\p{Cc}/gu, '').replace(/\p{Cs}/gu, '\ufffd'))
