import { createHash, randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentDigest, open, seal, type SealBinding } from './sealing.js'
import { accountStream, conversationStream } from './streams.js'

const id = '01990a1b-2c3d-7005-80b9-5eed00000005'
const binding: SealBinding = { stream: conversationStream(id), eventId: id, type: 'MessageSent' }
const key = randomBytes(32)
const content = Buffer.from('{"text":"grüße 👋"}')
const broken = E.left({ _tag: 'SealBroken' })
const opened = (sealed: Uint8Array, under: Uint8Array = key, at: SealBinding = binding) => open(under, at, sealed)

describe('sealing', () => {
  it('opens to the same content', () =>
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40_000 }), (bytes) => {
      const { sealed, digest } = seal(key, binding, bytes)
      const back = opened(sealed)
      if (E.isLeft(back)) throw new Error('does not open')
      expect(Buffer.compare(back.right.content, bytes)).toBe(0)
      expect(contentDigest(back.right.salt, back.right.content)).toBe(digest)
    }), { numRuns: 40 }))

  it('the digest is SHA-256 of salt and content', () => {
    const { sealed, digest } = seal(key, binding, content)
    const back = opened(sealed)
    expect(E.isRight(back) && createHash('sha256').update(Buffer.concat([back.right.salt, content])).digest('base64url')).toBe(digest)
  })

  it('the same content sealed again shares nothing: neither nonce, salt nor digest', () => {
    const seals = Array.from({ length: 200 }, () => seal(key, binding, content))
    expect(new Set(seals.map(({ digest }) => digest)).size).toBe(200)
    expect(new Set(seals.map(({ sealed }) => Buffer.from(sealed).subarray(1, 13).toString('hex'))).size).toBe(200)
  })

  it('costs 45 bytes beside the content', () => expect(seal(key, binding, content).sealed.length).toBe(content.length + 1 + 12 + 16 + 16))
})

describe('what does not open: one error for all', () => {
  const { sealed } = seal(key, binding, content)

  it('another key', () => expect(opened(sealed, randomBytes(32))).toEqual(broken))

  it.each([
    ['stream', { ...binding, stream: accountStream(id) }],
    ['event', { ...binding, eventId: id.replace('7005', '7006') }],
    ['type', { ...binding, type: 'MessageEdited' }],
  ])('moved to another %s', (_field, at) => expect(opened(sealed, key, at)).toEqual(broken))

  it('any bit changed, at any byte', () => {
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed)
      altered.writeUInt8(altered.readUInt8(at) ^ (1 << (at % 8)), at)
      expect(opened(altered)).toEqual(broken)
    }
  })

  it('any length but its own', () => {
    for (let length = 0; length < sealed.length; length += 1) expect(opened(sealed.subarray(0, length))).toEqual(broken)
    expect(opened(Buffer.concat([sealed, Buffer.of(0)]))).toEqual(broken)
  })

  it('anything at all', () => fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => { expect(opened(bytes)).toEqual(broken) })))

  it('a key of another length', () => expect(opened(sealed, randomBytes(16))).toEqual(broken))
})
