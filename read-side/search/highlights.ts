import type { Clause } from '../../events/search/index-port.js'
import { placedWords, type PlacedWord } from '../../events/search/normalise.js'
import { isMeant } from '../../events/search/typos.js'
import type { Highlight } from './views.js'

/** Highlights in one text. */
const MOST_HIGHLIGHTS = 100

/** How many words from here on a clause covers; 0 when it does not hold here. */
const coveredAt = (clause: Clause, words: ReadonlyArray<PlacedWord>, at: number, typos: boolean): number => {
  const word = words[at]?.word ?? ''
  switch (clause._tag) {
    case 'Word': return Number(word === clause.word || (typos && isMeant(clause.word, word)))
    case 'Prefix': return Number(word.startsWith(clause.prefix))
    case 'Phrase': return clause.words.every((each, offset) => words[at + offset]?.word === each) ? clause.words.length : 0
  }
}

/** Where the question is met in a text as it was written, in its order, without overlaps. */
export const highlightsOf = (text: string, clauses: ReadonlyArray<Clause>, typos: boolean): ReadonlyArray<Highlight> => {
  const words = placedWords(text)
  const found: Highlight[] = []
  let coveredTo = 0
  for (const [at, { from, to }] of words.entries()) {
    for (const clause of clauses) coveredTo = Math.max(coveredTo, at + coveredAt(clause, words, at, typos))
    if (at >= coveredTo) continue
    const last = found.at(-1)
    // Several words may come of one sign.
    if (last?.from !== from) found.push({ from, to })
    if (found.length === MOST_HIGHLIGHTS) break
  }
  return found
}
