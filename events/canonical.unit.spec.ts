import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalBytes, canonicalText } from './canonical.js'

const double = (hex: string): number => Buffer.from(hex, 'hex').readDoubleBE()
const textOf = (value: unknown): string => {
  const text = canonicalText(value)
  if (E.isLeft(text)) throw new Error(text.left.reason)
  return text.right
}

describe('RFC 8785', () => {
  it('3.2.2: the sample', () => {
    const sample = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`) as unknown
    expect(textOf(sample)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('3.2.3: members are sorted by UTF-16 code units', () => {
    const sample = { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh', '1': 'One', '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'Latin Small Letter O With Diaeresis' }
    expect([...textOf(sample).matchAll(/:"([^"]*)"/g)].map((match) => match[1])).toEqual([
      'Carriage Return', 'One', 'Control', 'Latin Small Letter O With Diaeresis', 'Euro Sign', 'Emoji: Grinning Face', 'Hebrew Letter Dalet With Dagesh',
    ])
  })

  // Appendix B
  it.each([
    ['0000000000000000', '0'], ['8000000000000000', '0'], ['0000000000000001', '5e-324'], ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'], ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'], ['c340000000000000', '-9007199254740992'], ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'], ['44b52d02c7e14af6', '1e+23'], ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'], ['444b1ae4d6e2ef4f', '999999999999999900000'], ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'], ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'], ['41b3de4355555554', '333333333.33333325'], ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'], ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'], ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('appendix B: %s is %s', (hex, text) => expect(textOf(double(hex))).toBe(text))
})

describe('what has no canonical form', () => {
  it.each([
    ['a lone high surrogate', '\ud800'],
    ['a lone low surrogate within', 'a\udc00b'],
    ['a lone surrogate as a member name', { a: [{ '\ud800': 1 }] }],
    ['NaN', Number.NaN],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['a bigint', { a: 1n }],
    ['a function', { a: () => 1 }],
    ['a symbol', { a: Symbol('a') }],
    ['nothing', undefined],
    ['nothing in an array', [undefined]],
  ])('%s is refused', (_name, value) => {
    expect(canonicalText(value)).toMatchObject({ _tag: 'Left', left: { _tag: 'NotCanonical' } })
    expect(E.isLeft(canonicalBytes(value))).toBe(true)
  })
})

describe('canonical text', () => {
  const json = fc.jsonValue({ stringUnit: 'binary' })

  it('reads back as the same value, and is its own canonical form', () =>
    fc.assert(fc.property(json, (value) => {
      const text = textOf(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(textOf(JSON.parse(text))).toBe(text)
      expect(canonicalBytes(value)).toEqual(E.right(Buffer.from(text, 'utf8')))
    })))

  it('does not depend on the order of members', () =>
    fc.assert(fc.property(fc.dictionary(fc.string({ unit: 'binary' }), json), (members) => {
      expect(textOf(Object.fromEntries(Object.entries(members).reverse()))).toBe(textOf(members))
    })))

  it('leaves out members that are undefined, as JSON does', () => expect(textOf({ b: undefined, a: 1 })).toBe('{"a":1}'))

  it('keeps a member that is named __proto__', () => expect(textOf(JSON.parse('{"b":1,"__proto__":2}'))).toBe('{"__proto__":2,"b":1}'))
})
