import type { IndexChange, MessagePlace, SearchDocument } from '../../events/search/index-port.js'

/** What is stored of a message. `words` for one that is found by words, joined by blanks; `tokens` for one found by tokens. */
export interface StoredDocument {
  readonly conversation: string
  readonly sequence: number
  readonly sentAt: number
  readonly messageId: string
  readonly sender: string
  /** As the document's own, which is not searched: of the event that this wording comes from. */
  readonly version: number
  readonly words?: string
  readonly repeated?: ReadonlyArray<string>
  /** Factor of the score. */
  readonly brevity?: number
  readonly tokens?: ReadonlyArray<string>
}

/**
 * What is stored of a removed message: nothing but its version, so that late changes lose against it for ever. (Elasticsearch
 * itself forgets the version of a deleted document after a minute.) No query sees it, for it lies in no conversation.
 */
export type Removed = Readonly<Record<string, never>>

/** BM25's weight of a short text over a long one, against a fixed mean: a mean of all texts would tell of those one may not read. */
const MEAN_WORDS = 12
const SATURATION = 1.2
const LENGTH_WEIGHT = 0.75
const brevityOf = (words: number): number => (SATURATION + 1) / (1 + SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * words) / MEAN_WORDS))

/** How many times a word must come for each step of the score. */
export const countedRepeats = [2, 3, 4] as const

/** That a word comes so many times or more; no word has a blank. */
export const repeatOf = (word: string, times: number): string => `${word} ${times}`

const repeatsIn = (words: ReadonlyArray<string>): ReadonlyArray<string> => {
  const times = new Map<string, number>()
  for (const word of words) times.set(word, (times.get(word) ?? 0) + 1)
  return [...times].flatMap(([word, found]) => countedRepeats.filter((counted) => found >= counted).map((counted) => repeatOf(word, counted)))
}

export const idOf = ({ conversation, sequence }: MessagePlace): string => `${conversation}:${sequence}`

export const placeOf = (change: IndexChange): MessagePlace => (change.op === 'put' ? change.document : change.place)

export const storedOf = (change: IndexChange): StoredDocument | Removed => {
  if (change.op === 'remove') return {}
  const { conversation, sequence, sentAt, messageId, sender, indexed } = change.document
  const place = { conversation, sequence, sentAt, messageId, sender, version: change.version }
  return indexed.mode === 'words'
    ? { ...place, words: indexed.words.join(' '), repeated: repeatsIn(indexed.words), brevity: brevityOf(indexed.words.length) }
    : { ...place, tokens: indexed.tokens }
}

export const documentOf = ({ conversation, sequence, sentAt, messageId, sender, words, tokens = [] }: StoredDocument): SearchDocument => ({
  conversation, sequence, sentAt, messageId, sender,
  indexed: words === undefined ? { mode: 'tokens', tokens } : { mode: 'words', words: words === '' ? [] : words.split(' ') },
})
