import type { AddressInfo } from 'node:net'
import type { Registry } from 'prom-client'
import type { Health } from '../../platform/health.js'
import { withinTime } from '../../platform/within-time.js'
import { application, type ApplicationParts, type Certificate } from './application.js'
import { allowOrigins } from './cors.js'
import { drainingOf } from './draining.js'
import { measureRequests } from './measures.js'
import type { ApiRoute } from './api-route.js'
import { serveDocument } from './openapi.js'
import { serveOperations } from './operations.js'

const CLOSE_TIMEOUT_MS = 3_000

/** A page that is served as it is, without a token: the AsyncAPI file, say. */
export interface Page {
  readonly url: string
  readonly mediaType: string
  readonly text: string
}

export interface HttpOptions extends ApplicationParts {
  readonly routes: ReadonlyArray<ApiRoute>
  /** Without it the listener speaks plainly: whether that is permitted on `host` is the configuration's to say. */
  readonly tls?: Certificate
  readonly host: string
  /** 0: a free one. */
  readonly port: number
  readonly allowedOrigins: ReadonlyArray<string>
  readonly health: Health
  readonly metrics: Registry
  readonly extra?: ReadonlyArray<Page>
  /** How long requests under way may take once it closes; default 3,000. */
  readonly closeTimeoutMs?: number
}

export interface HttpListener {
  readonly port: number
  /** Accepts nothing new, lets requests under way finish, cuts what takes longer. Idempotent. */
  readonly close: () => Promise<void>
}

/**
 * Serves the routes with `/openapi.json`, `/docs`, `/healthz`, `/readyz` and `/metrics`. Every refusal, also of what is no
 * request at all, is a problem (RFC 9457); defects are logged with the request's id and answered without a trace.
 * Rejects when the address is taken, or when a route's schemas would let unknown fields through.
 */
export const startHttp = async (options: HttpOptions): Promise<HttpListener> => {
  let closing: Promise<void> | undefined
  const { app, mountRoutes } = await application(options.routes, options, () => closing !== undefined)
  const draining = drainingOf(app.server)
  measureRequests(app, options.metrics, options.logger)
  allowOrigins(app, options.allowedOrigins)
  mountRoutes()
  serveOperations(app, options.health, options.metrics)
  for (const { url, mediaType, text } of options.extra ?? []) app.get(url, { schema: { hide: true } }, async (_request, reply) => reply.type(mediaType).send(text))
  await serveDocument(app)
  await app.listen({ host: options.host, port: options.port })

  const drain = async (): Promise<void> => {
    const closed = app.close()
    await withinTime(draining.idle(), options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS).catch(() => { options.logger.warn({}, 'requests were cut off') })
    draining.cut()
    await closed
  }
  return { port: (app.server.address() as AddressInfo).port, close: () => (closing ??= drain()) }
}
