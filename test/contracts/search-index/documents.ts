import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { derivedId } from '../../../events/ids.js'
import type { IndexChange, Indexed, SearchDocument, SearchHits, SearchIndex, SearchQuery } from '../../../events/search/index-port.js'
import { words } from '../../../events/search/normalise.js'

/** An index under test, empty when opened. */
export interface OpenSearchIndex {
  readonly index: SearchIndex
  readonly close: () => Promise<void>
}

export const DAY_MS = 86_400_000
export const firstOfMay = Date.UTC(2026, 4, 1)

export const right = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
  const outcome = await task()
  if (E.isLeft(outcome)) throw new Error(`failed: ${JSON.stringify(outcome.left)}`)
  return outcome.right
}

export const conversationNamed = (name: string): string => derivedId('search spec', 'conversation', name)
export const personNamed = (name: string): string => derivedId('search spec', 'person', name)
export const tokenOf = (word: string): string => Buffer.from(word.padEnd(16, '.')).toString('base64url').slice(0, 22)

export const text = (written: string): Indexed => ({ mode: 'words', words: words(written) })
export const blind = (...written: ReadonlyArray<string>): Indexed => ({ mode: 'tokens', tokens: written.map(tokenOf) })

/** A message in a conversation of that name; sent a day after the one before it. */
export const aDocument = (conversation: string, sequence: number, indexed: Indexed, more: Partial<SearchDocument> = {}): SearchDocument => ({
  conversation: conversationNamed(conversation), sequence, indexed,
  messageId: derivedId('search spec', 'message', conversation, String(sequence)), sender: personNamed('ada'), sentAt: firstOfMay + sequence * DAY_MS, ...more,
})

export const put = (document: SearchDocument, version = document.sequence): IndexChange => ({ op: 'put', version, document })
export const remove = (document: SearchDocument, version: number): IndexChange => ({ op: 'remove', version, place: document })

/** A question by a member of these conversations, from the beginning. */
export const question = (members: ReadonlyArray<string>, more: Partial<SearchQuery> = {}): SearchQuery => ({
  clauses: [], tokens: undefined, typos: false, senders: undefined, conversations: undefined, from: undefined, to: undefined,
  allowed: members.map((name) => ({ conversation: conversationNamed(name), visible: [{ from: 0, to: undefined }] })),
  order: 'recency', after: undefined, limit: 50, ...more,
})

export const word = (asked: string) => ({ _tag: 'Word', word: asked }) as const
export const prefix = (asked: string) => ({ _tag: 'Prefix', prefix: asked }) as const
export const phrase = (asked: string) => ({ _tag: 'Phrase', words: words(asked) }) as const

export const filled = async (index: SearchIndex, changes: ReadonlyArray<IndexChange>): Promise<void> => {
  await right(index.apply(changes))
  await right(index.refresh())
}

export const sequencesOf = ({ hits }: SearchHits): ReadonlyArray<number> => hits.map(({ sequence }) => sequence)

/** Everything the index holds, in one order. */
export const contentsOf = async (index: SearchIndex): Promise<ReadonlyArray<string>> => {
  const found: string[] = []
  for await (const { document: { conversation, sequence, messageId, sender, sentAt, indexed }, version } of index.documents()) {
    found.push(JSON.stringify([conversation, sequence, version, messageId, sender, sentAt, indexed.mode, indexed.mode === 'words' ? indexed.words : indexed.tokens.toSorted()]))
  }
  return found.sort()
}
