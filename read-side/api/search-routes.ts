import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import Type, { type Static } from 'typebox'
import { Id } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import { closed } from '../../events/schemas/common.js'
import type { Problem } from '../../events/wire/answers.js'
import { BlindToken } from '../../events/wire/commands.js'
import type { Route } from '../../platform/http-route.js'
import { queryLimits } from '../limits.js'
import type { SearchRequest } from '../search/asked.js'
import { QUESTION_CHARACTERS } from '../search/question.js'
import type { SearchSide } from '../search/search.js'
import { SearchPage } from '../search/views.js'
import { After, heldUpTo, Limit, queryRoute } from './query-route.js'

const Moment = Type.String({ maxLength: 40, description: 'a day (2026-05-01, in UTC) or an instant (2026-05-01T10:00Z), inclusive' })
const Sort = Type.Union([Type.Literal('relevance'), Type.Literal('recency'), Type.Literal('sender')])

const asking = {
  // Its length is for the question's own reader to refuse, which says where.
  q: Type.Optional(Type.String({
    description: `words, "phrases", beginnings*, sender_id:…, conversation_id:…, created_at:[a TO b]; at most ${QUESTION_CHARACTERS} characters`,
  })),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
  typos: Type.Optional(Type.Boolean({ description: 'words may be misspelt' })),
  sort: Type.Optional(Sort),
  cursor: Type.Optional(Type.String({ maxLength: 512, description: '`next` of the page before, with the same question' })),
  limit: Limit,
}

const match = Type.Optional(Type.Union([Type.Literal('all'), Type.Literal('any')]))
const SearchBody = closed({
  ...asking,
  tokens: Type.Optional(Type.Array(BlindToken, { minItems: 1, maxItems: limits.blindTokens, uniqueItems: true })),
  match,
  senders: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: queryLimits.pageMost, uniqueItems: true })),
  conversations: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: queryLimits.pageMost, uniqueItems: true })),
  after: After,
})

const byText = (side: SearchSide): Route<Problem> => ({ ...queryRoute(side)({
  url: '/v1/search',
  operationId: 'search',
  summary: 'Messages that the account may see, by words and filters; each hit as the message stands, with `mode` and highlights.',
  params: {},
  querystring: { ...asking, sender_id: Type.Optional(Id), conversation_id: Type.Optional(Id) },
  answer: SearchPage,
  ask: (account, _params, { sender_id, conversation_id, limit, ...asked }) => side.search(account, {
    ...asked,
    ...(sender_id === undefined ? {} : { senders: [sender_id] }),
    ...(conversation_id === undefined ? {} : { conversations: [conversation_id] }),
    limit: limit ?? queryLimits.pageDefault,
  }),
}), action: 'search' })

const byTokens = (side: SearchSide): Route<Problem> => ({
  method: 'POST',
  url: '/v1/search',
  operationId: 'searchByTokens',
  summary: 'The same, also by blind tokens of e2ee conversations, which no address may carry.',
  tags: ['queries'],
  access: 'account',
  action: 'search',
  schema: { body: SearchBody, response: { 200: SearchPage } },
  handle: ({ caller, body }) => {
    const { after, limit, ...asked } = body as Static<typeof SearchBody>
    const request: SearchRequest = { ...asked, limit: limit ?? queryLimits.pageDefault }
    return pipe(
      heldUpTo(side, after),
      TE.chain(() => side.search(caller.account, request)),
      TE.map((page) => ({ status: 200, body: page })),
    )
  },
})

/** Search over HTTP. */
export const searchRoutes = (side: SearchSide): ReadonlyArray<Route<Problem>> => [byText(side), byTokens(side)]
