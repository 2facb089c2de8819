import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../../events/wire/answers.js'
import { deviceHeader } from './authentication.js'

const info = {
  title: 'Tidings',
  version: '1',
  description: [
    'Private messaging: commands, queries and sign-in. Every refusal is an RFC 9457 problem whose `type` is stable and whose',
    '`detail` says what to do next. The same command sent again is answered the same and changes nothing twice.',
  ].join(' '),
}

const securitySchemes = {
  accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'a JWT access token (RFC 9068) of an issuer that this server trusts' },
  device: { type: 'apiKey', in: 'header', name: 'Tidings-Device', description: `id of the calling device (header ${deviceHeader})` },
} as const

const contentSecurityPolicy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"

/** Must come before the routes: the document is gathered while they are mounted. */
export const document = async (app: FastifyInstance): Promise<void> => {
  app.addSchema({ ...Problem, $id: 'Problem' })
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info, components: { securitySchemes } },
    convertConstToEnum: false,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => (typeof json.$id === 'string' ? json.$id : `schema-${index}`) },
  })
}

/** `/openapi.json` and, for people, `/docs`. */
export const serveDocument = async (app: FastifyInstance): Promise<void> => {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: contentSecurityPolicy })
}
