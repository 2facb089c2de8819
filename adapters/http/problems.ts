import type { FastifyReply } from 'fastify'
import { limits } from '../../events/limits.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'

const MS_IN_SECOND = 1_000
export const problemMediaType = 'application/problem+json'

/** A refusal on the way to the handler, where Fastify lets only errors through. */
export class Refused extends Error {
  override readonly name = 'Refused'
  constructor(readonly problem: Problem) {
    super(problem.title)
  }
}

/** Answers with RFC 9457, with `Retry-After` in seconds where the problem says when. */
export const sendProblem = (reply: FastifyReply, answer: Problem): FastifyReply => {
  if (answer.retryAfterMs !== undefined) void reply.header('retry-after', String(Math.ceil(answer.retryAfterMs / MS_IN_SECOND)))
  if (answer.status === 401) void reply.header('www-authenticate', 'Bearer')
  return reply.code(answer.status).header('content-type', `${problemMediaType}; charset=utf-8`).send(JSON.stringify(answer))
}

export const bodyTooLarge = (): Problem => problem('too-large', { detail: `A body may have ${limits.frameBytes} bytes.` })

/** What Fastify itself refuses. Undefined: a defect of ours; others' errors may carry a status too, which says nothing here. */
export const problemOf = (error: unknown): Problem | undefined => {
  if (error instanceof Refused) return error.problem
  if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('FST_ERR_'))) return undefined
  const status = 'statusCode' in error ? Number(error.statusCode) : 500
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return problem('not-found')
  if (status === 413) return bodyTooLarge()
  if (status === 415) return problem('unsupported-media-type')
  return status >= 400 && status < 500 ? problem('malformed', { detail: 'Correct the request and send again.' }) : undefined
}
