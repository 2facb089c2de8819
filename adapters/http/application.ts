import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { limits } from '../../events/limits.js'
import { problem } from '../../events/wire/problems.js'
import type { Authenticator } from '../../gateway/ports.js'
import { newId } from '../../platform/identifiers.js'
import { createLogger, type Logger } from '../../platform/logging.js'
import type { IsTrusted } from '../../platform/network-address.js'
import { unlimited, type RateLimiter } from '../../platform/rate-limiter.js'
import { answerBadConnection } from './bad-connection.js'
import { readJsonBodies } from './json-body.js'
import { methodsAt } from './methods.js'
import type { ApiRoute } from './api-route.js'
import { mount } from './mounting.js'
import { document } from './openapi.js'
import { problemOf, sendProblem } from './problems.js'
import { validatorOf, type Part } from './validation.js'

const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_TIMEOUT_MS = 65_000
const CLOSING_RETRY_AFTER_MS = 1_000

export interface Certificate {
  /** PEM, the whole chain. */
  readonly certificate: string | Buffer
  readonly key: string | Buffer
}

export interface ApplicationParts {
  readonly authenticator: Authenticator
  readonly rateLimiter: RateLimiter
  readonly logger: Logger
  readonly tls?: Certificate
  /** Proxies whose X-Forwarded-For is believed; without it nobody's. */
  readonly trusted?: IsTrusted
}

const nobodyTrusted: IsTrusted = () => false

const answerFault = (logger: Logger) => (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
  const refusal = problemOf(error)
  if (refusal !== undefined) return sendProblem(reply, refusal)
  logger.error({ request: request.id, route: request.routeOptions.url, error }, 'a defect while answering')
  return sendProblem(reply, problem('internal', { detail: `Send the same again later; nothing is doubled. Our log knows it as ${request.id}.` }))
}

const serverOptions = (logger: Logger, trusted: IsTrusted) => ({
  trustProxy: trusted,
  bodyLimit: limits.frameBytes,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  genReqId: () => newId(),
  exposeHeadRoutes: false,
  return503OnClosing: false,
  frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => { void answerFault(logger)(error, request, reply) },
  clientErrorHandler: answerBadConnection,
})

/** TLS 1.3 and nothing older (E7). Fastify types a secure server apart; for the routes it is the same. */
const create = ({ logger, tls, trusted = nobodyTrusted }: ApplicationParts): FastifyInstance =>
  tls === undefined
    ? fastify(serverOptions(logger, trusted))
    : (fastify({ ...serverOptions(logger, trusted), https: { cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.3' as const } }) as unknown as FastifyInstance)

const answerUnknown = (app: FastifyInstance, routes: ReadonlyArray<ApiRoute>): void => {
  const methods = methodsAt(routes)
  app.setNotFoundHandler((request, reply) => {
    const allowed = methods(request.url.split('?', 1)[0] ?? '')
    if (allowed.length === 0) return sendProblem(reply, problem('not-found'))
    return sendProblem(reply.header('allow', allowed.join(', ')), problem('method-not-allowed'))
  })
}

const greet = (app: FastifyInstance, isClosing: () => boolean): void => {
  app.addHook('onRequest', async (request, reply) => {
    void reply.header('x-request-id', request.id).header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
    if (isClosing()) return sendProblem(reply.header('connection', 'close'), problem('unavailable', { retryAfterMs: CLOSING_RETRY_AFTER_MS }))
    return undefined
  })
}

export interface Application {
  readonly app: FastifyInstance
  /** Mounts the routes; what must run before them is added before. */
  readonly mountRoutes: () => void
}

/** The HTTP application, not listening yet: bodies, validation, answers, the document. */
export const application = async (
  routes: ReadonlyArray<ApiRoute>, parts: ApplicationParts, isClosing = () => false,
): Promise<Application> => {
  const { authenticator, rateLimiter, logger } = parts
  const app = create(parts)
  readJsonBodies(app)
  app.decorateRequest('caller', undefined)
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => validatorOf(schema, httpPart as Part))
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  app.setErrorHandler(answerFault(logger))
  greet(app, isClosing)
  await document(app)
  return {
    app,
    mountRoutes: () => {
      answerUnknown(app, routes)
      for (const route of routes) mount(app, route, authenticator, rateLimiter)
    },
  }
}

const nobody: Authenticator = {
  identify: () => async () => { throw new Error('the document needs no identities') },
  revoked: () => async () => { throw new Error('the document needs no identities') },
}

/** The OpenAPI 3.1 document of the routes, the same as at `/openapi.json`. Nothing listens. */
export const openApiDocument = async (routes: ReadonlyArray<ApiRoute>): Promise<object> => {
  const { app, mountRoutes } = await application(routes, { authenticator: nobody, rateLimiter: unlimited, logger: createLogger('silent') })
  mountRoutes()
  await app.ready()
  const described = app.swagger()
  await app.close()
  return described
}
