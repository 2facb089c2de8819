import { searchLimits } from './index-port.js'

// One normalisation before every engine, so that all answer the same. Changing it means rebuilding every index.

/** A word of a text and where it stands there, as [from, to) in UTF-16 units. */
export interface PlacedWord {
  readonly word: string
  readonly from: number
  readonly to: number
}

/** Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, the Arabic stretch. Vowel signs of other scripts are letters to their readers. */
const diacriticRanges = [
  [0x300, 0x36f], [0x591, 0x5bd], [0x5bf, 0x5bf], [0x5c1, 0x5c2], [0x5c4, 0x5c5], [0x5c7, 0x5c7], [0x610, 0x61a], [0x640, 0x640], [0x64b, 0x65f], [0x670, 0x670],
] as const
const diacritics = new RegExp(`[${diacriticRanges.map((ends) => ends.map((end) => `\\u{${end.toString(16)}}`).join('-')).join('')}]`, 'gu')
/** Scripts written without spaces: each character is a word, and a word of the query a phrase. */
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`
const wordPattern = new RegExp(
  String.raw`(?=[\p{L}\p{N}\p{M}])[${unspaced}][\p{M}\uff9e\uff9f]*|\p{Extended_Pictographic}|(?:(?![${unspaced}])[\p{L}\p{N}\p{M}])+(?:['’](?:(?![${unspaced}])[\p{L}\p{M}])+)*`, 'gu')
const apostrophes = /['’]/gu

/** Compatibility forms, case and diacritics made equal: `Straße` is `strasse`, `ΟΔΟΣ` is `οδοσ`, `ﬁancé` is `fiance`. */
const fold = (text: string): string =>
  text.normalize('NFKD').replace(diacritics, '').toUpperCase().toLowerCase().normalize('NFKD').replace(diacritics, '').replaceAll('ς', 'σ').normalize('NFKC')

const shortened = (word: string): string =>
  word.length <= searchLimits.wordCharacters ? word : [...word].slice(0, searchLimits.wordCharacters).join('')

/** The words of a text in order, with their places in it. Total: any string has some. */
export const placedWords = (text: string): ReadonlyArray<PlacedWord> => {
  const found: PlacedWord[] = []
  for (const { 0: written, index } of text.matchAll(wordPattern)) {
    // One sign may stand for several words: ½ is 1 and 2.
    for (const [part] of fold(written).matchAll(wordPattern)) {
      const word = shortened(part.replace(apostrophes, ''))
      if (word !== '') found.push({ word, from: index, to: index + written.length })
    }
  }
  return found
}

/** The words of a text in order, as they are indexed and asked for. */
export const words = (text: string): ReadonlyArray<string> => placedWords(text).map(({ word }) => word)
