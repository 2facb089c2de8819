import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import Type, { type Static, type TSchema } from 'typebox'
import type { Position } from '../../events/event-store.js'
import { closed } from '../../events/schemas/common.js'
import { PositionText, type Problem } from '../../events/wire/answers.js'
import type { Route } from '../../platform/http-route.js'
import type { ReadSide } from '../index.js'
import { queryLimits } from '../limits.js'

export const After = Type.Optional(Type.Unsafe<Position>({
  ...PositionText, description: `the answer holds everything up to this position of an acknowledgement; \`busy\` after ${queryLimits.waitMs} ms`,
}))

export const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: queryLimits.pageMost, default: queryLimits.pageDefault }))

/** What pages with a cursor are asked by. */
export const Page = { before: Type.Optional(Type.String({ maxLength: 256 })), limit: Limit }

/** The page that was asked for. */
export const pageOf = ({ before, limit }: { readonly before?: string; readonly limit?: number }) =>
  ({ ...(before === undefined ? {} : { before }), limit: limit ?? queryLimits.pageDefault })

/** Waits until what answers holds everything up to the position that was given, if one was. */
export const heldUpTo = ({ waitFor }: Pick<ReadSide, 'waitFor'>, after: Position | undefined): TE.TaskEither<Problem, void> =>
  after === undefined ? TE.right(undefined) : waitFor(after, queryLimits.waitMs)

type Properties = Record<string, TSchema>
type Asked<P extends Properties> = Static<ReturnType<typeof closed<P>>>

export interface Query<Params extends Properties, Querystring extends Properties> {
  readonly url: string
  readonly operationId: string
  readonly summary: string
  readonly params: Params
  readonly querystring: Querystring
  readonly answer: TSchema
  readonly ask: (account: string, params: Asked<Params>, querystring: Asked<Querystring>) => TE.TaskEither<Problem, unknown>
}

/** A query over HTTP: needs an account, and with `?after=` waits until the read models hold that position. */
export const queryRoute = (readSide: Pick<ReadSide, 'waitFor'>) => <Params extends Properties, Querystring extends Properties>(query: Query<Params, Querystring>): Route<Problem> => ({
  method: 'GET',
  url: query.url,
  operationId: query.operationId,
  summary: query.summary,
  tags: ['queries'],
  access: 'account',
  schema: {
    params: closed(query.params),
    querystring: closed({ ...query.querystring, after: After }),
    response: { 200: query.answer },
  },
  handle: (request) => {
    const { after } = request.query as { readonly after?: Position }
    const answer = () => query.ask(request.caller.account, request.params as Asked<Params>, request.query as Asked<Querystring>)
    return pipe(
      heldUpTo(readSide, after),
      TE.chain(answer),
      TE.map((body) => ({ status: 200, body })),
    )
  },
})
