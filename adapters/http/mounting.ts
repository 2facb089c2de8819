import * as E from 'fp-ts/lib/Either.js'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { problem } from '../../events/wire/problems.js'
import type { Authenticator } from '../../gateway/ports.js'
import type { RateLimiter } from '../../platform/rate-limiter.js'
import { actionOf, admit } from './admission.js'
import type { ApiRoute } from './api-route.js'
import { authenticate } from './authentication.js'
import { openPlaces } from './closed-schemas.js'
import { problemMediaType, sendProblem } from './problems.js'

const nothing = Type.Object({}, { additionalProperties: false })
const problemContent = (description: string) => ({ description, content: { [problemMediaType]: { schema: { $ref: 'Problem#' } } } })

const securityOf = ({ access }: ApiRoute): ReadonlyArray<Readonly<Record<string, []>>> =>
  ({ open: [], account: [{ accessToken: [] as [] }], device: [{ accessToken: [] as [], device: [] as [] }] })[access]

const partsOf = ({ schema }: ApiRoute): Readonly<Record<string, TSchema>> => ({
  params: schema.params ?? nothing,
  querystring: schema.querystring ?? nothing,
  ...(schema.body === undefined ? {} : { body: schema.body }),
})

/** Defects of ours, found when the process starts. */
const assertClosed = (route: ApiRoute): void => {
  const open = Object.entries(partsOf(route)).flatMap(([part, schema]) => openPlaces(schema, part))
  if (open.length > 0) throw new Error(`${route.operationId} lets unknown fields through at ${open.join(', ')}`)
}

const answersOf = ({ schema }: ApiRoute) =>
  Object.fromEntries(Object.entries(schema.response).map(([status, answer]) => [
    status, status === '204' ? { description: 'done', type: 'null' } : { description: 'as asked', content: { 'application/json': { schema: answer } } },
  ]))

const schemaOf = (route: ApiRoute): NonNullable<RouteOptions['schema']> => ({
  operationId: route.operationId,
  summary: route.summary,
  tags: [...route.tags],
  security: securityOf(route),
  ...partsOf(route),
  response: { ...answersOf(route), '4xx': problemContent('refused; `detail` says what to do'), '5xx': problemContent('send the same again later') },
})

const handlerOf = (route: ApiRoute) => async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
  const { params, query, body, caller, ip: address } = request
  if (route.schema.body === undefined && body !== undefined) {
    return sendProblem(reply, problem('malformed', { errors: [{ path: '/body', message: 'no body is expected' }] }))
  }
  // The listener made the caller as `access` says, and the schemas checked the rest.
  const answer = await route.handle({ caller: caller as never, params, query, body, address })()
  if (E.isLeft(answer)) return sendProblem(reply, answer.left)
  const { status, body: answered } = answer.right
  return answered === undefined ? reply.code(status).send() : reply.code(status).type('application/json; charset=utf-8').send(answered)
}

/** Who asks, then whether it is not too much: both before the body is read. */
const doorOf = (route: ApiRoute, authenticator: Authenticator, limiter: RateLimiter) => {
  const [identify, action] = [authenticate(route.access, authenticator, limiter), actionOf(route)]
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    await identify(request, reply)
    return reply.sent || !(await admit(limiter, action, request, reply)) ? reply : undefined
  }
}

/** Mounts a route: validated, authenticated, limited, documented. Throws when its schemas would let unknown fields through. */
export const mount = (app: FastifyInstance, route: ApiRoute, authenticator: Authenticator, limiter: RateLimiter): void => {
  assertClosed(route)
  app.route({
    method: route.method,
    url: route.url,
    schema: schemaOf(route),
    onRequest: doorOf(route, authenticator, limiter),
    handler: handlerOf(route),
  })
}
