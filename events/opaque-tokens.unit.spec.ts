import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import * as O from 'fp-ts/lib/Option.js'
import { describe, expect, it } from 'vitest'
import { opaqueTokens } from './opaque-tokens.js'

const { seal, open } = opaqueTokens(randomBytes(32))
const position = (n: number): string => String(n).padStart(20, '0')

describe('opaque tokens', () => {
  it('open to what was sealed, the same each time, in every process with the key', () => {
    const key = randomBytes(32)
    fc.assert(fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
      expect(open(seal(text))).toEqual(O.some(text))
      expect(opaqueTokens(key).seal(text)).toBe(opaqueTokens(key).seal(text))
    }))
  })

  it('P1: neither length nor order of tokens tells that of the positions', () => {
    const tokens = Array.from({ length: 1_000 }, (_, n) => seal(position(n)))
    expect(new Set(tokens.map((token) => token.length))).toEqual(new Set([48]))
    expect(new Set(tokens).size).toBe(1_000)
    const rising = tokens.filter((token, at) => token > (tokens[at - 1] ?? '')).length
    expect(rising).toBeGreaterThan(400)
    expect(rising).toBeLessThan(600)
  })

  it('nothing else opens: altered, cut, longer, of another key, plain', () => {
    const token = seal(position(42))
    const bytes = Buffer.from(token, 'base64url')
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes)
      altered.writeUInt8(altered.readUInt8(at) ^ 1, at)
      expect(open(altered.toString('base64url'))).toEqual(O.none)
    }
    for (const other of ['', position(42), token.slice(0, -1), `${token}A`, `${token}=`, opaqueTokens(randomBytes(32)).seal(position(42))]) expect(open(other)).toEqual(O.none)
  })
})
