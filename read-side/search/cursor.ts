import { createHash } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { Id } from '../../events/ids.js'
import type { SearchPosition } from '../../events/search/index-port.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { Asked } from './asked.js'

/** Hits that pages may reach: further ones are found by a narrower question. */
export const REACHED_HITS = 10_000
export const CURSOR_LIFETIME_MS = 3_600_000

/** Where a page ended, when it was given, and how many hits were shown before. */
export interface SearchCursor {
  readonly position: SearchPosition
  readonly givenAt: number
  readonly shown: number
}

const Written = Compile(Type.Tuple([
  Type.String(), Type.Integer(), Type.Integer({ minimum: 0 }), Type.Number(), Id, Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }), Id, Type.Integer({ minimum: 0, maximum: 2_147_483_647 }),
]))

/** A cursor goes on with the question it was given for, no other. */
const digestOf = ({ clauses, tokens, typos, senders, conversations, from, to, order }: Asked): string =>
  createHash('sha256').update(JSON.stringify([clauses, tokens, typos, senders, conversations, from, to, order])).digest('base64url').slice(0, 16)

export const cursorOf = (asked: Asked, { position: { score, sender, sentAt, conversation, sequence }, givenAt, shown }: SearchCursor): string =>
  Buffer.from(JSON.stringify([digestOf(asked), givenAt, shown, score, sender, sentAt, conversation, sequence])).toString('base64url')

const refused = (message: string): E.Either<Problem, never> => E.left(problem('malformed', { errors: [{ path: '/cursor', message }] }))

const parsed = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown
  } catch {
    return undefined
  }
}

/** Reads what `cursorOf` wrote for the same question; anything else, too old or too deep, is `malformed`. */
export const placeOf = (asked: Asked, cursor: string, now: number): E.Either<Problem, SearchCursor> => {
  const written = parsed(cursor)
  if (!Written.Check(written)) return refused('not a cursor that this service gave')
  const [digest, givenAt, shown, score, sender, sentAt, conversation, sequence] = written
  if (digest !== digestOf(asked)) return refused('given for another question')
  if (now - givenAt > CURSOR_LIFETIME_MS || givenAt > now + CURSOR_LIFETIME_MS) return refused('too old: ask again from the beginning')
  if (shown >= REACHED_HITS) return refused(`beyond ${REACHED_HITS} hits: ask a narrower question`)
  return E.right({ position: { score, sender, sentAt, conversation, sequence }, givenAt, shown })
}
