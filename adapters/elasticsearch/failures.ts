import { errors } from '@elastic/elasticsearch'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { SearchUnavailable } from '../../events/search/index-port.js'

/** Milliseconds after which a caller may ask again. */
const RETRY_AFTER_MS = 1_000

/** The server answered that it could not do all of it: too busy, a shard away, too slow. */
export class Incomplete extends Error {
  override readonly name = 'Incomplete'
}

const typeOf = ({ body }: errors.ResponseError): string =>
  typeof body === 'object' && body !== null ? String(body.error?.type ?? 'no reason given') : String(body).slice(0, 80)

/** Names kinds of failures only: what the server says about a request may quote its words. */
const reasonOf = (error: unknown): string | undefined => {
  if (error instanceof errors.ResponseError) return `${error.statusCode ?? 'no status'}: ${typeOf(error)}`
  return error instanceof errors.ElasticsearchClientError || error instanceof Incomplete ? `${error.name}: ${error.message}` : undefined
}

/** Whether the server refused with this status, for one of these kinds of reasons. */
export const isRefusal = (error: unknown, status: number, ...types: ReadonlyArray<string>): boolean =>
  error instanceof errors.ResponseError && error.statusCode === status && types.includes(typeOf(error))

/** Runs requests; whatever the server, the network or the client's limits refuse is `SearchUnavailable`, a defect rejects. */
export const attempt = <A>(requests: () => Promise<A>): TE.TaskEither<SearchUnavailable, A> =>
  TE.tryCatch(requests, (error): SearchUnavailable => {
    const reason = reasonOf(error)
    if (reason === undefined) throw error
    return { _tag: 'SearchUnavailable', retryAfterMs: RETRY_AFTER_MS, reason }
  })
