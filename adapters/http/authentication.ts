import * as E from 'fp-ts/lib/Either.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isId } from '../../events/ids.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { Authenticator } from '../../gateway/ports.js'
import type { RateLimiter } from '../../platform/rate-limiter.js'
import { admit } from './admission.js'
import type { Access, ApiCaller } from './api-route.js'
import { sendProblem } from './problems.js'

export const deviceHeader = 'tidings-device'
const bearer = /^Bearer +([^\s]+)$/i

const identify = async (request: FastifyRequest, access: 'account' | 'device', authenticator: Authenticator): Promise<E.Either<Problem, ApiCaller>> => {
  const token = bearer.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) return E.left(problem('unauthenticated', { detail: 'Send your access token as `Authorization: Bearer …`.' }))
  const identity = await authenticator.identify(token)()
  if (E.isLeft(identity) || access === 'account') return identity
  const device = request.headers[deviceHeader]
  if (typeof device === 'string' && isId(device)) return E.right({ ...identity.right, device })
  return E.left(problem('malformed', { errors: [{ path: '/header/Tidings-Device', message: 'must be the id of your device' }] }))
}

/** Before the body is read: strangers cost little, and those who come often without a token soon wait. */
export const authenticate = (access: Access, authenticator: Authenticator, limiter: RateLimiter) => async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
  if (access === 'open') return undefined
  const caller = await identify(request, access, authenticator)
  if (E.isLeft(caller)) return (await admit(limiter, 'stranger', request, reply)) ? sendProblem(reply, caller.left) : reply
  request.caller = caller.right
  return undefined
}
