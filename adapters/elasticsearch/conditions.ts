import type { estypes } from '@elastic/elasticsearch'
import type { Clause, SearchQuery } from '../../events/search/index-port.js'
import { toleratedEdits } from '../../events/search/typos.js'
import { countedRepeats, repeatOf } from './documents.js'

type Condition = estypes.QueryDslQueryContainer

// Scores depend on the message and the query only. The usual weights of rare words count the messages of others, and so would
// tell of what one may not read (S8).
const EXACT = 1
const COMPLETED = 0.8
const ONE_EDIT = 0.6
const TWO_EDITS = 0.4
const SIDE_BY_SIDE = 0.5
const NEAR = 0.25
const NEAR_WORDS = 4

const exactly = (word: string): Condition => ({ term: { words: { value: word, boost: EXACT } } })

/** Each further time that a word comes counts half of the one before. */
const repeatedly = (word: string): ReadonlyArray<Condition> =>
  countedRepeats.map((times, at) => ({ term: { repeated: { value: repeatOf(word, times), boost: EXACT / 2 ** (at + 1) } } }))

// As a constant, every word within the distance is found: the default takes the best of each shard.
const within = (word: string, edits: number, boost: number): Condition =>
  ({ fuzzy: { words: { value: word, fuzziness: edits, prefix_length: 1, transpositions: true, rewrite: 'constant_score', boost } } })

const best = (...queries: ReadonlyArray<Condition>): Condition => ({ dis_max: { queries: [...queries] } })

const wordCondition = (word: string, typos: boolean): Condition => {
  const edits = typos ? toleratedEdits(word) : 0
  if (edits === 0) return exactly(word)
  const once = within(word, 1, ONE_EDIT)
  return edits === 1 ? best(exactly(word), once) : best(exactly(word), once, within(word, 2, TWO_EDITS))
}

const phrase = (words: ReadonlyArray<string>, slop: number, boost: number): Condition => ({ match_phrase: { words: { query: words.join(' '), slop, boost } } })

const clauseCondition = (clause: Clause, typos: boolean): Condition => {
  switch (clause._tag) {
    case 'Word':
      return wordCondition(clause.word, typos)
    case 'Phrase':
      return phrase(clause.words, 0, clause.words.length)
    case 'Prefix':
      return best(exactly(clause.prefix), { prefix: { words: { value: clause.prefix, boost: COMPLETED } } })
  }
}

/** Of a bool query: what a message must say, and what counts besides. */
interface Asked {
  readonly must: Condition[]
  readonly should: Condition[]
}

const askedByWords = ({ clauses, typos }: SearchQuery): Asked => {
  const words = clauses.flatMap((clause) => (clause._tag === 'Word' ? [clause.word] : []))
  const together = words.length < 2 ? [] : [phrase(words, 0, SIDE_BY_SIDE), phrase(words, NEAR_WORDS, NEAR)]
  return { must: clauses.map((clause) => clauseCondition(clause, typos)), should: [...words.flatMap(repeatedly), ...together] }
}

const tokensCondition = ({ match, tokens }: NonNullable<SearchQuery['tokens']>): Condition => {
  if (tokens.length === 0) return { match_none: {} }
  const each = tokens.map((value): Condition => ({ term: { tokens: { value, boost: 1 / tokens.length } } }))
  return { bool: match === 'all' ? { must: each } : { should: each, minimum_should_match: 1 } }
}

const asked = (query: SearchQuery): Asked => {
  const byTokens = query.tokens === undefined ? [] : [tokensCondition(query.tokens)]
  if (query.clauses.length === 0) return { must: byTokens, should: [] }
  const byWords = askedByWords(query)
  return byTokens.length === 0 ? byWords : { must: [{ bool: { should: [{ bool: byWords }, ...byTokens], minimum_should_match: 1 } }], should: [] }
}

const timeCondition = ({ from, to }: SearchQuery): ReadonlyArray<Condition> =>
  from === undefined && to === undefined
    ? []
    : [{ range: { sentAt: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lte: to }) } } }]

/**
 * One part of the membership and all that is asked, as objects of the query language: no text of a query is ever parsed by the
 * server. What filters and what scores stand side by side under one factor: nested, the server looks at every message with the
 * words before it asks for the membership, which takes half as long again.
 */
export const conditionOf = (query: SearchQuery, membership: Condition): Condition => {
  const { must, should } = asked(query)
  const filter = [membership, ...timeCondition(query), ...(query.senders === undefined ? [] : [{ terms: { sender: [...query.senders] } }])]
  if (query.order !== 'relevance') return { bool: { filter: [...filter, ...must] } }
  return { function_score: { query: { bool: { filter, must, should } }, functions: [{ field_value_factor: { field: 'brevity', missing: 1 } }], boost_mode: 'multiply' } }
}
