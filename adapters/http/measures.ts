import type { FastifyInstance } from 'fastify'
import { Gauge, Histogram, type Registry } from 'prom-client'
import type { Logger } from '../../platform/logging.js'

const MS_IN_SECOND = 1_000
const bucketsInSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * Counts and times requests by the route's pattern, and logs each by pattern and request id: what failed on our side as a
 * warning, the rest for debugging. Addresses, queries, headers and bodies are told to neither.
 */
export const measureRequests = (app: FastifyInstance, metrics: Registry, logger: Logger): void => {
  const durations = new Histogram({
    name: 'tidings_http_request_duration_seconds',
    help: 'from the request line to the end of the answer',
    labelNames: ['method', 'route', 'status'],
    buckets: bucketsInSeconds,
    registers: [metrics],
  })
  const open = new Gauge({ name: 'tidings_http_requests_open', help: 'requests under way', registers: [metrics] })
  app.addHook('onRequest', async (_request, reply) => {
    open.inc()
    reply.raw.once('close', () => { open.dec() })
  })
  app.addHook('onResponse', async (request, reply) => {
    const line = { method: request.method, route: request.routeOptions.url ?? 'unmatched', status: reply.statusCode }
    durations.observe(line, reply.elapsedTime / MS_IN_SECOND)
    const fields = { request: request.id, ...line, durationMs: Math.round(reply.elapsedTime) }
    if (reply.statusCode >= 500) logger.warn(fields, 'request failed')
    else logger.debug(fields, 'request')
  })
}
