import * as E from 'fp-ts/lib/Either.js'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { Position } from '../../events/event-store.js'
import { isId } from '../../events/ids.js'
import { PositionText, type Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { InboxPlace } from '../ports.js'

const Place = Compile(Type.Tuple([PositionText, Type.String()]))

/** Where a page ended, as opaque text. */
export const cursorOf = ({ activity, conversation }: InboxPlace): string =>
  Buffer.from(JSON.stringify([activity, conversation])).toString('base64url')

const notACursor = problem('malformed', { errors: [{ path: '/before', message: 'not a cursor that this service gave' }] })

/** Reads what `cursorOf` wrote; anything else is `malformed`. */
export const placeOf = (cursor: string): E.Either<Problem, InboxPlace> => {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Place.Check(place) || !isId(place[1])) return E.left(notACursor)
    return E.right({ activity: place[0] as Position, conversation: place[1] })
  } catch {
    return E.left(notACursor)
  }
}
