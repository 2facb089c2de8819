import { describe, expect, it } from 'vitest'
import type { Clause } from '../../events/search/index-port.js'
import { highlightsOf } from './highlights.js'

const marked = (text: string, clauses: ReadonlyArray<Clause>, typos = false): string =>
  highlightsOf(text, clauses, typos).toReversed().reduce((shown, { from, to }) => `${shown.slice(0, from)}[${shown.slice(from, to)}]${shown.slice(to)}`, text)

describe('highlights lie on the text as it was written', () => {
  it.each<[string, Clause, string]>([
    ['Größe, GRÖSSE!', { _tag: 'Word', word: 'grosse' }, '[Größe], [GRÖSSE]!'],
    ['a café, cafés', { _tag: 'Prefix', prefix: 'caf' }, 'a [café], [cafés]'],
    ['du du monde du', { _tag: 'Phrase', words: ['du', 'monde'] }, 'du [du] [monde] du'],
    ['東京へ', { _tag: 'Phrase', words: ['東', '京'] }, '[東][京]へ'],
    ['1½', { _tag: 'Word', word: '2' }, '[1½]'],
    ['ﷺ', { _tag: 'Word', word: 'الله' }, '[ﷺ]'],
    ['none', { _tag: 'Word', word: 'other' }, 'none'],
  ])('%s', (text, clause, expected) => expect(marked(text, [clause])).toBe(expected))

  it('also on words that are meant', () => {
    expect(marked('birthday', [{ _tag: 'Word', word: 'brithday' }], true)).toBe('[birthday]')
    expect(marked('birthday', [{ _tag: 'Word', word: 'brithday' }])).toBe('birthday')
  })

  it('are bounded', () => expect(highlightsOf('x '.repeat(1_000), [{ _tag: 'Word', word: 'x' }], false)).toHaveLength(100))
})
