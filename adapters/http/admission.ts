import * as E from 'fp-ts/lib/Either.js'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRateAction, type RateAction } from '../../events/rate-limits.js'
import { problem } from '../../events/wire/problems.js'
import { addressKey } from '../../platform/network-address.js'
import type { RateKeys, RateLimiter } from '../../platform/rate-limiter.js'
import type { ApiCaller, ApiRoute } from './api-route.js'
import { sendProblem } from './problems.js'

/** What a request of the route counts as. Throws when the route names an action that no bucket knows: a defect of ours. */
export const actionOf = ({ operationId, method, action }: ApiRoute): RateAction => {
  if (action === undefined) return method === 'GET' ? 'query' : 'command'
  if (!isRateAction(action)) throw new Error(`${operationId} counts as ${action}, which is in no bucket`)
  return action
}

/** The device is counted as the account's own, whatever id the request names: nobody draws from another's bucket. */
const keysOf = (address: string, caller: ApiCaller | undefined): RateKeys => ({
  address: addressKey(address),
  ...(caller === undefined ? {} : { account: caller.account }),
  ...(caller?.device === undefined ? {} : { device: `${caller.account}/${caller.device}` }),
})

/** Draws what the request costs; answers it `rate-limited` where that is more than is left. True: it may go on. */
export const admit = async (limiter: RateLimiter, action: RateAction, request: FastifyRequest, reply: FastifyReply): Promise<boolean> => {
  const drawn = await limiter.consume(keysOf(request.ip, request.caller), action)()
  if (E.isRight(drawn)) return true
  sendProblem(reply, problem('rate-limited', { retryAfterMs: drawn.left.retryAfterMs }))
  return false
}
