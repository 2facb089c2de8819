import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { Registry } from 'prom-client'
import type { Health } from '../../platform/health.js'

const hidden = { schema: { hide: true } }

/** For operators: alive with its alarms, ready or why not, and metrics. None needs a token; none says anything of anyone. */
export const serveOperations = (app: FastifyInstance, health: Health, metrics: Registry): void => {
  app.get('/healthz', hidden, async () => ({ status: 'alive', alarms: health.alarms() }))
  app.get('/readyz', hidden, async (_request, reply) => {
    const reasons = health.notReady()
    return reply.code(reasons.length === 0 ? 200 : 503).send({ status: reasons.length === 0 ? 'ready' : 'not ready', reasons })
  })
  app.get('/metrics', hidden, async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.metrics()))
}
