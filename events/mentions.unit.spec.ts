import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from './limits.js'
import { distinctHandles, mentionsIn } from './mentions.js'
import { hostileTexts } from '../test/support/hostile-texts.js'

const thirty = 'a'.repeat(30)

const golden: ReadonlyArray<readonly [text: string, handles: ReadonlyArray<string>]> = [
  ['', []],
  ['no mention at all', []],
  ['@', []],
  ['@ anna', []],
  ['@anna', ['anna']],
  ['hello @anna', ['anna']],
  ['@anna hello', ['anna']],
  ['@Anna and @ANNA and @anna', ['anna']],
  ['@bruno @anna @bruno', ['bruno', 'anna']],
  ['@ab', []],
  ['@abc', ['abc']],
  [`@${thirty}`, [thirty]],
  [`@${thirty}a`, []],
  [`@${thirty}a @anna`, ['anna']],
  ['@___', ['___']],
  ['@123', ['123']],
  ['@a_1', ['a_1']],
  ['anna@example.com', []],
  ['1@anna', []],
  ['_@anna', []],
  ['.@anna', ['anna']],
  ['-@anna', ['anna']],
  ['@@anna', ['anna']],
  ['@@@', []],
  ['@anna@bruno', ['anna']],
  ['@anna,@bruno', ['anna', 'bruno']],
  ['@anna/@bruno', ['anna', 'bruno']],
  ['(@anna)', ['anna']],
  ['[@anna](https://example.com)', ['anna']],
  ['"@anna"', ['anna']],
  ['«@anna»', ['anna']],
  ['@anna.', ['anna']],
  ['@anna!', ['anna']],
  ['@anna?', ['anna']],
  ['@anna…', ['anna']],
  ["@anna's", ['anna']],
  ['@anna-maria', ['anna']],
  ['@anna.example', ['anna']],
  ['@annä', []],
  ['@anna\u0308', []],
  ['@annaß', []],
  ['@annaж', []],
  ['@anna字', []],
  ['@anna²', []],
  ['@anna١', []],
  ['@anna\u200d', []],
  ['@anna‿', []],
  ['ä@anna', []],
  ['ж@anna', []],
  ['字@anna', []],
  ['e\u0301@anna', []],
  ['𐐷@anna', []],
  ['@anna𐐷', []],
  ['😀@anna😀', ['anna']],
  ['\u00a0@anna\u00a0', ['anna']],
  ['one\n@anna\ntwo', ['anna']],
  ['\t@anna\r\n@bruno', ['anna', 'bruno']],
  ['＠anna', []],
  ['@аnna', []],
  ['`@anna`', []],
  ['`@anna` @bruno', ['bruno']],
  ['@anna `code` @bruno', ['anna', 'bruno']],
  ['`code`@anna', ['anna']],
  ['@anna`code`', ['anna']],
  ['``@anna``', []],
  ['``a ` @anna``', []],
  ['`@anna', ['anna']],
  ['`@anna``', ['anna']],
  ['``@anna`', ['anna']],
  ['`one\n@anna`', ['anna']],
  ['`one`\n`@anna`', []],
  ['it`s @anna\nit`s @bruno', ['anna', 'bruno']],
  ['```@anna```', []],
  ['```\n@anna\n```', []],
  ['```ts\n@anna\n```\n@bruno', ['bruno']],
  ['```\n`@anna`\n``` `@bruno` @carla', ['carla']],
  ['```\n@anna', ['anna']],
  ['```\n@anna\n````', ['anna']],
  ['````\n```\n@anna\n```\n````', []],
  ['``` one ``` @anna ``` two ```', ['anna']],
  ['` ``` @anna ` @bruno ```', ['bruno']],
]

describe('M1: who a text mentions', () => {
  it.each(golden)('%j mentions %j', (text, handles) => { expect(mentionsIn(text)).toEqual(handles) })

  it('the table has at least 60 strings, all different', () => { expect(new Set(golden.map(([text]) => text)).size).toBeGreaterThanOrEqual(60) })

  it('the first 50 of a text count', () => {
    const text = Array.from({ length: 60 }, (_, index) => `@user_${index}`).join(' ')
    expect(mentionsIn(text)).toEqual(Array.from({ length: limits.mentions }, (_, index) => `user_${index}`))
  })

  it('handles that a client lists are each taken once, without their case', () => { expect(distinctHandles(['Anna', 'bruno', 'ANNA'])).toEqual(['anna', 'bruno']) })

  it('whatever the text: handles in lower case, each once, that stand in it behind an @', () => {
    const pieces = fc.constantFrom('@', 'anna', 'Bruno_1', '`', '``', '```', '\n', ' ', 'ä', '😀', '.', '_')
    fc.assert(fc.property(fc.array(pieces, { maxLength: 40 }), (text) => {
      const found = mentionsIn(text.join(''))
      expect(new Set(found).size).toBe(found.length)
      for (const handle of found) {
        expect(handle).toMatch(/^[a-z0-9_]{3,30}$/)
        expect(text.join('').toLowerCase()).toContain(`@${handle}`)
      }
    }))
  })
})

/** Milliseconds of this process's own time, the best of some. */
const quickest = (text: string): number => Math.min(...Array.from({ length: 9 }, () => {
  const before = process.cpuUsage()
  mentionsIn(text)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}))

// How many milliseconds that is, M1's 5 among them, is measured by `npm run bench -- mentions`.
describe('M1: hostile texts cost their length', () => {
  const [small, large, TIMES, SLACK] = [64 * 1024, 512 * 1024, 8, 4]

  it.each(hostileTexts)('%s', (_name, text) => {
    const [once, eightfold] = [quickest(text(small)), quickest(text(large))]
    // Squared it would be 64 times.
    expect(eightfold).toBeLessThan(TIMES * SLACK * Math.max(once, 1))
  })
})
