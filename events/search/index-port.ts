import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Visible } from '../visibility.js'

// What the indexer fills and the read side asks. Every engine gets words that `words()` of normalise.ts has made, never raw text, and
// answers the same questions with the same hits; only scores differ.

export interface SearchUnavailable {
  readonly _tag: 'SearchUnavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

/** What of a message can be found: its words in order (position = index), or an unordered set of opaque tokens. */
export type Indexed =
  | { readonly mode: 'words'; readonly words: ReadonlyArray<string> }
  | { readonly mode: 'tokens'; readonly tokens: ReadonlyArray<string> }

/** A message by its place; `sentAt` (milliseconds since 1970) never changes, so an engine may divide its tables by it. */
export interface MessagePlace {
  readonly conversation: string
  readonly sequence: number
  readonly sentAt: number
}

export interface SearchDocument extends MessagePlace {
  readonly messageId: string
  readonly sender: string
  readonly indexed: Indexed
}

/**
 * `version` = revision of the event that caused it: of two changes of a message the higher one stands, whichever comes last; of the
 * same event the removal (its content was forgotten meanwhile).
 */
export type IndexChange =
  | { readonly op: 'put'; readonly version: number; readonly document: SearchDocument }
  | { readonly op: 'remove'; readonly version: number; readonly place: MessagePlace }

/** One condition on the words; each word is normalised, and a phrase has at least two. */
export type Clause =
  | { readonly _tag: 'Word'; readonly word: string }
  | { readonly _tag: 'Phrase'; readonly words: ReadonlyArray<string> }
  | { readonly _tag: 'Prefix'; readonly prefix: string }

export type SearchOrder = 'relevance' | 'recency' | 'sender'

/**
 * Where a page ended. Orders are total: `recency` by sentAt, conversation, sequence, each descending; `sender` by sender
 * ascending, `relevance` by score descending, both then by recency.
 */
export interface SearchPosition extends MessagePlace {
  readonly score: number
  readonly sender: string
}

export interface SearchQuery {
  /** All must hold, for documents of words; none of them matches if this is empty and tokens are asked for. */
  readonly clauses: ReadonlyArray<Clause>
  /** For documents of tokens, as `clauses` for words. Neither clauses nor tokens: every document matches. */
  readonly tokens: { readonly match: 'all' | 'any'; readonly tokens: ReadonlyArray<string> } | undefined
  /** A `Word` also matches words within `toleratedEdits` (typos.ts); phrases and prefixes stay exact. */
  readonly typos: boolean
  readonly senders: ReadonlyArray<string> | undefined
  readonly conversations: ReadonlyArray<string> | undefined
  /** Of sentAt, both inclusive. */
  readonly from: number | undefined
  readonly to: number | undefined
  /**
   * The only documents there are for the asker: of these conversations, with sequence and version each within one of the
   * intervals (a former member is not told of an edit after its time). Hits, total and order see no others.
   */
  readonly allowed: ReadonlyArray<{ readonly conversation: string; readonly visible: ReadonlyArray<Visible> }>
  readonly order: SearchOrder
  /** Exclusive. */
  readonly after: SearchPosition | undefined
  readonly limit: number
}

export interface SearchHit extends SearchPosition {
  readonly messageId: string
}

export interface SearchHits {
  /** In the order asked for, at most `limit`. */
  readonly hits: ReadonlyArray<SearchHit>
  /** Of all pages, counted up to `searchLimits.countedHits`. */
  readonly total: number
  readonly more: boolean
}

/** An index that is filled anew; nobody searches it before the swap. */
export interface IndexRebuild {
  readonly apply: (changes: ReadonlyArray<IndexChange>) => TaskEither<SearchUnavailable, void>
  /** Everything that was applied, as `documents` of the index. */
  readonly documents: SearchIndex['documents']
  /** Takes the place of the live one, whole: a search sees the one or the other. Idempotent. */
  readonly swap: () => TaskEither<SearchUnavailable, void>
  /** Drops what was filled, unless it was swapped; idempotent. */
  readonly abandon: () => Promise<void>
}

export interface SearchIndex {
  /**
   * All changes or an error; after an error some may hold: apply them again. Idempotent; repeated and late changes lose
   * against higher versions of the same message, so a log that is read again from any place leads to the same index
   * once its end is reached. Durable when it succeeds.
   */
  readonly apply: (changes: ReadonlyArray<IndexChange>) => TaskEither<SearchUnavailable, void>
  /** What was applied is found within 1 s. Never throws, whatever the words are. */
  readonly search: (query: SearchQuery) => TaskEither<SearchUnavailable, SearchHits>
  /** Everything applied before is found after it. */
  readonly refresh: () => TaskEither<SearchUnavailable, void>
  /** Every document with its version, in no order; for comparing the index with the log. */
  readonly documents: () => AsyncIterable<{ readonly document: SearchDocument; readonly version: number }>
  /** An empty index beside the live one; what an interrupted rebuild left is dropped. */
  readonly startRebuild: () => TaskEither<SearchUnavailable, IndexRebuild>
}

export const searchLimits = {
  /** Characters (code points) of a word that are indexed and compared. */
  wordCharacters: 64,
  /** Clauses of a query. */
  clauses: 32,
  /** Hits that a total counts. */
  countedHits: 10_000,
} as const
