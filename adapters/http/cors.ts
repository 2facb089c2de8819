import type { FastifyInstance } from 'fastify'

const PREFLIGHT_SECONDS = '600'
const methods = 'GET, POST, PUT, DELETE'
const requestHeaders = 'authorization, content-type, tidings-device'
const shownHeaders = 'retry-after, x-request-id'

/** Browsers may call from these origins, compared exactly; for all others there are no CORS headers at all. */
export const allowOrigins = (app: FastifyInstance, origins: ReadonlyArray<string>): void => {
  const allowed = new Set(origins)
  app.addHook('onRequest', async (request, reply) => {
    const { origin, 'access-control-request-method': preflight } = request.headers
    if (origin === undefined) return undefined
    void reply.header('vary', 'origin')
    if (allowed.has(origin)) void reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', shownHeaders)
    if (request.method !== 'OPTIONS' || preflight === undefined) return undefined
    if (allowed.has(origin)) {
      void reply.header('access-control-allow-methods', methods).header('access-control-allow-headers', requestHeaders).header('access-control-max-age', PREFLIGHT_SECONDS)
    }
    return reply.code(204).send()
  })
}
