import type { Problem } from '../../events/wire/answers.js'
import type { Identity } from '../../gateway/ports.js'
import type { Route } from '../../platform/http-route.js'

/** Any route: what its handler is given as caller follows from `access` (`ApiCaller`; undefined where it is open). */
export type ApiRoute = Route<Problem, never>

export type Access = 'open' | 'account' | 'device'

/** Who asks on `account` routes; on `device` routes also the device that the request names (registered or not). */
export interface ApiCaller extends Identity {
  readonly device?: string
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: ApiCaller | undefined
  }
}
