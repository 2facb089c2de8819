import type { Chance } from './chance.js'
import { cleanText } from './text.js'

const plain = (
  'the a it is my you have to and in on with for not how does anyone know try run install restart kernel driver sound ' +
  'wireless screen package update disk mount boot panel window file folder sudo apt terminal reboot works broken thanks ' +
  'yes no maybe hello again which version log says error missing permission denied network printer keyboard mouse'
).split(' ')

/** What naive code breaks on: scripts, joined emoji, combining marks, direction marks, markup, quotes, odd spaces. */
const odd = [
  'naïve', 'Grüße', 'e\u0301te\u0301', 'привет', 'こんにちは', '你好', 'مرحبا', 'שלום', '👍', '👩‍👩‍👧‍👦', '🇫🇮', '𝕌𝕓𝕦',
  '\ufeff', '\u200f', '\u2028', 'a\u00a0b', '  ', '<b>bold</b>', '"quoted"', "it's", '{"a":1}', '\\u0000', '%s', '${x}', "'; --",
  '/etc/fstab', 'http://localhost:80/?q=1&r=2',
]
const oddShare = 0.04
const medianWords = 8
const wordSpread = 0.97
const longestWords = 2_000

const pick = (chance: Chance, from: ReadonlyArray<string>): string => from[chance.below(from.length)] ?? ''

/** A message of a log-normal number of words, now and then odd, never blank; clean in the sense of text.ts. */
export const textOf = (chance: Chance): string => {
  const length = Math.min(longestWords, Math.round(chance.logNormal(medianWords, wordSpread)))
  const tail = Array.from({ length }, () => pick(chance, chance.happens(oddShare) ? odd : plain))
  return cleanText([pick(chance, plain), ...tail].join(' '))
}

const decorations = ['', '_', '|', '`', '[x]', '^', '{}', '-']

/** A nick that no other number has. */
export const nickOf = (chance: Chance, number: number): string => `${pick(chance, plain)}${pick(chance, decorations)}${String(number)}`
