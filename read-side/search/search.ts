import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Position } from '../../events/event-store.js'
import type { KeyStore } from '../../events/key-store.js'
import type { ProgressReader } from '../../events/progress.js'
import type { SearchHit, SearchHits, SearchIndex, SearchQuery } from '../../events/search/index-port.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Content } from '../../events/wire/commands.js'
import type { Clock } from '../../platform/clock.js'
import { orUnavailable } from '../answers.js'
import { messageView, sealedEventsOf } from '../contents/message-view.js'
import { openContents } from '../contents/open-contents.js'
import type { SearchableConversation, SearchReader } from '../ports.js'
import { waitFor } from '../sessions/wait-for.js'
import type { MessageView } from '../views.js'
import { askedOf, type Asked, type SearchRequest } from './asked.js'
import { cursorOf, placeOf, type SearchCursor } from './cursor.js'
import { highlightsOf } from './highlights.js'
import type { SearchMode, SearchPage } from './views.js'

export interface SearchDependencies {
  readonly index: Pick<SearchIndex, 'search' | 'refresh'>
  /** How far the index has come. */
  readonly progress: ProgressReader
  readonly reader: SearchReader
  readonly keyStore: Pick<KeyStore, 'find'>
  readonly clock: Clock
}

export interface SearchSide {
  /** Messages that answer the question, of those that the account may see now. */
  readonly search: (account: string, request: SearchRequest) => TE.TaskEither<Problem, SearchPage>
  /** Resolves once a search finds everything up to the position; `busy` after `timeoutMs`. */
  readonly waitFor: (position: Position, timeoutMs: number) => TE.TaskEither<Problem, void>
}

const modeOf = ({ clauses, tokens }: Asked, { encryption }: SearchableConversation): SearchMode => {
  const isOpen = clauses.length === 0 && tokens === undefined
  if (encryption === 'readable') return isOpen || clauses.length > 0 ? 'words' : 'none'
  return isOpen || tokens !== undefined ? 'tokens' : 'none'
}

const keyOf = ({ conversation, sequence }: { readonly conversation: string; readonly sequence: number }): string => `${conversation} ${sequence}`

const hitView = ({ clauses, typos }: Asked, message: MessageView, content: Content): SearchPage['hits'][number] =>
  'text' in content
    ? { message, mode: 'words', highlights: [...highlightsOf(content.text, clauses, typos)] }
    : { message, mode: 'tokens', highlights: [] }

/** In the order of the hits; what is deleted, forgotten or out of sight by now is left out. */
const shownHits = (asked: Asked, hits: ReadonlyArray<SearchHit>, messages: ReadonlyArray<MessageView>): SearchPage['hits'] => {
  const byPlace = new Map(messages.map((message) => [keyOf(message), message]))
  return hits.flatMap((hit) => {
    const message = byPlace.get(keyOf(hit))
    return message === undefined || message.content === null ? [] : [hitView(asked, message, message.content)]
  })
}

const nextOf = (asked: Asked, { hits, more }: SearchHits, shown: number, now: number): { readonly next?: string } => {
  const last = hits.at(-1)
  return !more || last === undefined ? {} : { next: cursorOf(asked, { position: last, givenAt: now, shown: shown + hits.length }) }
}

/**
 * Searches of members: the conversations that the asker may see go into the engine's own filter, so hits, total and order
 * know of no others; what is shown is read from the timeline as it stands.
 */
export const createSearchSide = ({ index, progress, reader, keyStore, clock }: SearchDependencies): SearchSide => {
  const views = (account: string, hits: ReadonlyArray<SearchHit>): TE.TaskEither<Problem, ReadonlyArray<MessageView>> =>
    hits.length === 0 ? TE.right([]) : pipe(
      orUnavailable(reader.messages(account, hits)),
      TE.chain((stored) => pipe(openContents(keyStore)(stored.flatMap(sealedEventsOf)), TE.map((contents) => stored.map(messageView(contents))))),
    )

  const pageOf = (account: string, asked: Asked, limit: number, cursor: SearchCursor | undefined, now: number): TE.TaskEither<Problem, SearchPage> =>
    pipe(
      TE.Do,
      TE.bind('searchable', () => orUnavailable(reader.searchable(account))),
      TE.let('among', ({ searchable }) => searchable.filter(({ conversation }) => asked.conversations?.includes(conversation) ?? true)),
      TE.bind('found', ({ among }) => {
        const query: SearchQuery = { ...asked, allowed: among, after: cursor?.position, limit }
        return orUnavailable(index.search(query))
      }),
      TE.bind('messages', ({ found }) => views(account, found.hits)),
      TE.map(({ among, found, messages }): SearchPage => ({
        hits: shownHits(asked, found.hits, messages),
        total: found.total,
        ...(cursor === undefined ? { modes: among.map((one) => ({ conversation: one.conversation, mode: modeOf(asked, one) })) } : {}),
        ...nextOf(asked, found, cursor?.shown ?? 0, now),
      })),
    )

  return {
    search: (account, request) => {
      const now = clock()
      return pipe(
        E.Do,
        E.bind('asked', () => askedOf(request)),
        E.bind('cursor', ({ asked }) => (request.cursor === undefined ? E.right(undefined) : placeOf(asked, request.cursor, now))),
        TE.fromEither,
        TE.chain(({ asked, cursor }) => pageOf(account, asked, request.limit, cursor, now)),
      )
    },
    waitFor: (position, timeoutMs) => pipe(waitFor(progress)(position, timeoutMs), TE.chain(() => orUnavailable(index.refresh()))),
  }
}
