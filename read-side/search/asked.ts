import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { SearchOrder, SearchQuery } from '../../events/search/index-port.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { momentOf, narrowest, NOT_A_MOMENT } from './dates.js'
import { parseQuestion, type Question } from './question.js'

/** A search as it is asked: the text and the parameters must all hold. */
export interface SearchRequest {
  readonly q?: string
  readonly tokens?: ReadonlyArray<string>
  /** Of tokens; `all` unless said otherwise. */
  readonly match?: 'all' | 'any'
  readonly typos?: boolean
  readonly senders?: ReadonlyArray<string>
  readonly conversations?: ReadonlyArray<string>
  /** Dates or instants, inclusive. */
  readonly from?: string
  readonly to?: string
  readonly sort?: SearchOrder
  readonly cursor?: string
  readonly limit: number
}

export type Asked = Omit<SearchQuery, 'allowed' | 'after' | 'limit'>

const malformed = (path: string, message: string): Problem => problem('malformed', { errors: [{ path, message }] })

const refused = (path: string, message: string): E.Either<Problem, never> => E.left(malformed(path, message))

const nothing: Question = { clauses: [], senders: undefined, conversations: undefined, from: undefined, to: undefined }

const questionOf = (q: string | undefined): E.Either<Problem, Question> =>
  q === undefined ? E.right(nothing) : pipe(parseQuestion(q), E.mapLeft(({ at, message }) => malformed('/q', `at ${at}: ${message}`)))

const moment = (side: 'from' | 'to', text: string | undefined): E.Either<Problem, number | undefined> => {
  if (text === undefined) return E.right(undefined)
  const found = momentOf(text, side)
  return O.isSome(found) ? E.right(found.value) : refused(`/${side}`, NOT_A_MOMENT)
}

const both = (one: ReadonlyArray<string> | undefined, other: ReadonlyArray<string> | undefined): ReadonlyArray<string> | undefined =>
  one === undefined || other === undefined ? (one ?? other) : one.filter((id) => other.includes(id))

/** What the text and the parameters ask for together; `malformed` with the place of the first fault. */
export const askedOf = ({ q, tokens, match, typos, senders, conversations, from, to, sort }: SearchRequest): E.Either<Problem, Asked> =>
  pipe(
    E.Do,
    E.bind('question', () => questionOf(q)),
    E.bind('since', () => moment('from', from)),
    E.bind('until', () => moment('to', to)),
    E.chain(({ question, since, until }) => {
      if ([q, tokens, senders, conversations, from, to].every((given) => given === undefined)) return refused('/q', 'ask for something: words, tokens, or one of the filters')
      return E.right({
        clauses: question.clauses,
        tokens: tokens === undefined ? undefined : { match: match ?? 'all', tokens },
        typos: typos ?? false,
        senders: both(question.senders, senders),
        conversations: both(question.conversations, conversations),
        from: narrowest(Math.max, [question.from, since]), to: narrowest(Math.min, [question.to, until]),
        order: sort ?? 'relevance',
      })
    }),
  )
