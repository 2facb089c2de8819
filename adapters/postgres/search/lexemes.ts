import type { Clause } from '../../../events/search/index-port.js'

/** What Postgres keeps of a lexeme's places. */
const POSITIONS_OF_A_LEXEME = 255
const LAST_POSITION = 16_383

/** Quoted, so that nothing in it is an operator, in tsvector and tsquery alike. Normalised words have no quotes; nobody has to rely on it. */
const quoted = (word: string): string => `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Words with a space before and after each, so that a phrase can be looked for as text. */
export const spaced = (words: ReadonlyArray<string>): string => ` ${words.join(' ')} `

/** A tsvector literal of exactly these words, which no parser of Postgres' splits otherwise. */
export const lexemesOf = (words: ReadonlyArray<string>): string => {
  const positions = new Map<string, number[]>()
  for (const [at, word] of words.entries()) {
    const there = positions.get(word)
    if (there === undefined) positions.set(word, [Math.min(at + 1, LAST_POSITION)])
    else if (there.length < POSITIONS_OF_A_LEXEME && at < LAST_POSITION) there.push(at + 1)
  }
  return [...positions].map(([word, places]) => `${quoted(word)}:${places.join(',')}`).join(' ')
}

const anyOf = (words: ReadonlyArray<string>): string => `(${words.map(quoted).join(' | ')})`

/** A tsquery of one clause; a phrase is its words in any order. `meant`: what a misspelt word may stand for. */
const clauseQuery = (clause: Clause, meant: (word: string) => ReadonlyArray<string>): string => {
  switch (clause._tag) {
    case 'Word': return anyOf([clause.word, ...meant(clause.word)])
    case 'Prefix': return `${quoted(clause.prefix)}:*`
    case 'Phrase': return `(${clause.words.map(quoted).join(' & ')})`
  }
}

/** A tsquery that holds where all clauses do, the order of phrases aside. */
export const matching = (clauses: ReadonlyArray<Clause>, meant: (word: string) => ReadonlyArray<string>): string =>
  clauses.map((clause) => clauseQuery(clause, meant)).join(' & ')

/** A tsquery for ranking: each clause as it was written counts. */
export const ranking = (clauses: ReadonlyArray<Clause>): string => clauses.map((clause) => clauseQuery(clause, () => [])).join(' | ')

/** A tsquery of one word as it stands. */
export const exactly = quoted
