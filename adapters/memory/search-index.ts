import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Clause, IndexChange, SearchDocument, SearchHit, SearchIndex, SearchPosition, SearchQuery } from '../../events/search/index-port.js'
import { searchLimits } from '../../events/search/index-port.js'
import { isMeant } from '../../events/search/typos.js'
import { mayRead } from '../../events/visibility.js'

interface Entry {
  readonly version: number
  /** Undefined once removed. */
  readonly document: SearchDocument | undefined
}

type Entries = Map<string, Entry>

const applyTo = (entries: Entries, changes: ReadonlyArray<IndexChange>): void => {
  for (const change of changes) {
    const { conversation, sequence } = change.op === 'put' ? change.document : change.place
    const key = `${conversation} ${sequence}`
    const there = entries.get(key)
    const wins = there === undefined || there.version < change.version || (there.version === change.version && change.op === 'remove')
    if (wins) entries.set(key, { version: change.version, document: change.op === 'put' ? change.document : undefined })
  }
}

const MEANT_WEIGHS = 0.25

/** How often a clause holds in words; words that are only meant weigh less. */
const occurrences = (clause: Clause, words: ReadonlyArray<string>, typos: boolean): number => {
  const weightAt = (word: string, at: number): number => {
    switch (clause._tag) {
      case 'Word': return word === clause.word ? 1 : typos && isMeant(clause.word, word) ? MEANT_WEIGHS : 0
      case 'Prefix': return Number(word.startsWith(clause.prefix))
      case 'Phrase': return Number(clause.words.every((each, offset) => words[at + offset] === each))
    }
  }
  return words.reduce((sum, word, at) => sum + weightAt(word, at), 0)
}

/** How well a document answers the question; undefined when it does not. */
const scoreOf = ({ clauses, tokens, typos }: SearchQuery, { indexed }: SearchDocument): number | undefined => {
  if (clauses.length === 0 && tokens === undefined) return 0
  if (indexed.mode === 'words') {
    const found = clauses.map((clause) => occurrences(clause, indexed.words, typos))
    return found.length === 0 || found.includes(0) ? undefined : found.reduce((sum, times) => sum + times, 0) / (1 + Math.log(indexed.words.length))
  }
  if (tokens === undefined) return undefined
  const found = tokens.tokens.filter((token) => indexed.tokens.includes(token)).length
  return found === 0 || (tokens.match === 'all' && found < tokens.tokens.length) ? undefined : found / tokens.tokens.length
}

const isWanted = ({ senders, conversations, from, to, allowed }: SearchQuery, { conversation, sequence, sender, sentAt }: SearchDocument, version: number): boolean =>
  allowed.some((one) => one.conversation === conversation && mayRead(one.visible, sequence) && mayRead(one.visible, version))
  && (senders?.includes(sender) ?? true) && (conversations?.includes(conversation) ?? true)
  && sentAt >= (from ?? sentAt) && sentAt <= (to ?? sentAt)

const byText = (one: string, other: string): number => (one < other ? -1 : Number(one > other))

const byRecency = (one: SearchPosition, other: SearchPosition): number =>
  other.sentAt - one.sentAt || byText(other.conversation, one.conversation) || other.sequence - one.sequence

const comparisons = {
  recency: byRecency,
  sender: (one: SearchPosition, other: SearchPosition) => byText(one.sender, other.sender) || byRecency(one, other),
  relevance: (one: SearchPosition, other: SearchPosition) => other.score - one.score || byRecency(one, other),
} as const

const search = (entries: Entries, query: SearchQuery) => {
  const matching = [...entries.values()].flatMap(({ document, version }): ReadonlyArray<SearchHit> => {
    const score = document === undefined || !isWanted(query, document, version) ? undefined : scoreOf(query, document)
    if (document === undefined || score === undefined) return []
    const { conversation, sequence, sentAt, sender, messageId } = document
    return [{ conversation, sequence, sentAt, sender, messageId, score }]
  })
  const { after, limit } = query
  const compare = comparisons[query.order]
  const rest = matching.sort(compare).filter((hit) => after === undefined || compare(after, hit) < 0)
  return { hits: rest.slice(0, limit), total: Math.min(matching.length, searchLimits.countedHits), more: rest.length > limit }
}

/** Looks at every document: the oracle that engines are held to. What was applied is found at once. */
export const memorySearchIndex = (): SearchIndex => {
  let live: Entries = new Map()
  const documentsOf = (entries: () => Entries): SearchIndex['documents'] => async function* () {
    for (const { document, version } of entries().values()) if (document !== undefined) yield { document, version }
  }
  const applying = (entries: () => Entries): SearchIndex['apply'] => (changes) => TE.fromIO(() => applyTo(entries(), changes))
  return {
    apply: applying(() => live),
    search: (query) => TE.fromIO(() => search(live, query)),
    refresh: () => TE.right(undefined),
    documents: documentsOf(() => live),
    startRebuild: () => TE.fromIO(() => {
      const beside: Entries = new Map()
      return { apply: applying(() => beside), documents: documentsOf(() => beside), swap: () => TE.fromIO(() => { live = beside }), abandon: async () => undefined }
    }),
  }
}
