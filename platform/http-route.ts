import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { TSchema } from 'typebox'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** What a route's handler is given, validated by the route's schemas: the handler may cast it to their static types. */
export interface RouteRequest<Caller> {
  /** Who asks; undefined on routes with `access: 'open'`. */
  readonly caller: Caller
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  /** Of the client, for throttling; never logged with content. */
  readonly address: string
}

export interface RouteAnswer {
  readonly status: number
  readonly body: unknown
}

/**
 * One HTTP operation as plain data: the listener validates, authenticates, mounts and documents it (OpenAPI).
 * `account` routes need a token, `device` routes also the header `Tidings-Device`, `open` routes nothing.
 */
export interface Route<Problem, Caller = { readonly account: string; readonly device: string }> {
  readonly method: HttpMethod
  /** Parameters as `:name`. */
  readonly url: string
  readonly operationId: string
  readonly summary: string
  readonly tags: ReadonlyArray<string>
  readonly access: 'open' | 'account' | 'device'
  /** What a request counts as where rates are limited; by itself a GET is a `query`, all else a `command`. */
  readonly action?: string
  readonly schema: {
    readonly params?: TSchema
    readonly querystring?: TSchema
    readonly body?: TSchema
    /** By status; problems are added by the listener. */
    readonly response: Readonly<Record<number, TSchema>>
  }
  readonly handle: (request: RouteRequest<Caller>) => TaskEither<Problem, RouteAnswer>
}
