import type { FastifyInstance } from 'fastify'
import { limits } from '../../events/limits.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { parseBoundedJson, type JsonRefusal } from '../../platform/bounded-json.js'
import { Refused } from './problems.js'
import * as E from 'fp-ts/lib/Either.js'

const utf8 = new TextDecoder('utf-8', { fatal: true })

const textOf = (bytes: Buffer): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const malformed = (message: string): Problem => problem('malformed', { errors: [{ path: '/body', message }] })

const problemOf = (refusal: JsonRefusal): Problem => {
  switch (refusal._tag) {
    case 'NotJson':
      return malformed('not JSON')
    case 'TooDeep':
      return malformed(`nested deeper than ${refusal.limit}`)
    case 'ForbiddenName':
      return malformed(`the name ${refusal.name} is not allowed`)
  }
}

/** Bodies are JSON in UTF-8 and nothing else; an empty one is none. */
export const readJsonBodies = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined)
    const text = textOf(Buffer.from(bytes))
    if (text === undefined) return done(new Refused(malformed('not UTF-8')), undefined)
    const parsed = parseBoundedJson(text, limits.jsonDepth)
    return E.isLeft(parsed) ? done(new Refused(problemOf(parsed.left)), undefined) : done(null, parsed.right)
  })
}
