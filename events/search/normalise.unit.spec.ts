import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { searchLimits } from './index-port.js'
import { placedWords, words } from './normalise.js'

describe('S11: one normalisation before every engine', () => {
  it.each<[string, ReadonlyArray<string>]>([
    ['Hello, World!', ['hello', 'world']],
    ['Crème BRÛLÉE', ['creme', 'brulee']],
    ['Cre\u0300me', ['creme']],
    ['Straße STRASSE', ['strasse', 'strasse']],
    ['ΟΔΟΣ οδός', ['οδοσ', 'οδοσ']],
    ['İstanbul ISTANBUL ıstanbul', ['istanbul', 'istanbul', 'istanbul']],
    ['ﬁancé ＦＵＬＬ ①', ['fiance', 'full', '1']],
    ["don't don’t ’tis rock'n'roll", ['dont', 'dont', 'tis', 'rocknroll']],
    ['foo-bar_baz a.b@c.de', ['foo', 'bar', 'baz', 'a', 'b', 'c', 'de']],
    ['3.14 v2', ['3', '14', 'v2']],
    ['東京タワーへ', ['東', '京', 'タ', 'ワ', 'ー', 'へ']],
    ['ｶﾞｷﾞ', ['ガ', 'ギ']],
    ['Йод ёлка', ['иод', 'елка']],
    ['हिन्दी', ['हिन्दी']],
    ['مُحَمَّد', ['محمد']],
    ['ok 👍🏽 👨‍👩‍👧', ['ok', '👍', '👨', '👩', '👧']],
    ['*&|!:()<->%"\\\u0000\'', []],
    ['', []],
  ])('%j', (text, expected) => expect(words(text)).toEqual(expected))

  it('words keep their places in the text', () =>
    expect(placedWords('é  Größe!')).toEqual([{ word: 'e', from: 0, to: 1 }, { word: 'grosse', from: 3, to: 8 }]))

  it('a long word is cut, by characters', () =>
    expect(words('𝐚'.repeat(100))).toEqual(['a'.repeat(searchLimits.wordCharacters)]))

  it('never throws, gives words of letters only, and normalising again changes nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const once = words(text)
      for (const word of once) expect(word).toMatch(/^[\p{L}\p{N}\p{M}\p{Extended_Pictographic}]+$/u)
      expect(words(once.join(' '))).toEqual(once)
    }), { numRuns: 1_000 })
  })
})
