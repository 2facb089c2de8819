import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../../events/limits.js'
import { cleanText, clip, decodeLine } from './text.js'

describe('bytes become text', () => {
  it('UTF-8 where it is valid', () => { expect(decodeLine(Buffer.from('naïve 👍'))).toBe('naïve 👍') })
  it('Latin-1 where it is not', () => { expect(decodeLine(Uint8Array.of(0x6e, 0x61, 0xef, 0x76, 0x65))).toBe('naïve') })
})

describe('clean text', () => {
  it('has no control characters, and spaces for tabs', () => { expect(cleanText('a\tb\u0008\u007f\u001c\u0085c\r')).toBe('a bc') })
  it('keeps joined emoji and direction marks', () => { expect(cleanText('👩‍👩‍👧 \u200fשלום')).toBe('👩‍👩‍👧 \u200fשלום') })
  it('has no lone surrogates', () => { expect(cleanText('a\ud800b👍')).toBe('a\ufffdb👍') })
  it('is cut at the limit, between characters', () => {
    expect(clip('a👍', 4)).toBe('a')
    expect(clip('a👍', 5)).toBe('a👍')
    expect(Buffer.byteLength(cleanText('é'.repeat(limits.contentBytes)))).toBe(limits.contentBytes)
  })
  it('is left alone when cleaned again, and within the limit', () =>
    { fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, bytes) => {
        const clean = cleanText(text)
        expect(cleanText(clean)).toBe(clean)
        expect(Buffer.from(clean, 'utf8').toString('utf8')).toBe(clean)
        expect(Buffer.byteLength(clip(clean, bytes))).toBeLessThanOrEqual(bytes)
        expect(clean.startsWith(clip(clean, bytes))).toBe(true)
      }),
    ) })
})
