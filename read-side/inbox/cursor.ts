import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import type { Position } from '../../events/event-store.js'
import { isId } from '../../events/ids.js'
import { PositionText, type Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { InboxPlace } from '../ports.js'

const Place = Compile(Type.Tuple([PositionText, Type.String()]))

/** Where a page ended, as opaque text. */
const cursorOf = ({ activity, conversation }: InboxPlace): string =>
  Buffer.from(JSON.stringify([activity, conversation])).toString('base64url')

const notACursor = problem('malformed', { errors: [{ path: '/before', message: 'not a cursor that this service gave' }] })

/** Reads what `cursorOf` wrote; anything else is `malformed`. */
const placeOf = (cursor: string): E.Either<Problem, InboxPlace> => {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (!Place.Check(place) || !isId(place[1])) return E.left(notACursor)
    return E.right({ activity: place[0] as Position, conversation: place[1] })
  } catch {
    return E.left(notACursor)
  }
}

/** Where the page before ended, for one that is asked with its cursor; `malformed` for whatever is none. */
export const placeBefore = (cursor: string | undefined): TE.TaskEither<Problem, InboxPlace | undefined> =>
  cursor === undefined ? TE.right(undefined) : TE.fromEither(placeOf(cursor))

/** Of one more than a page holds: those that it shows, and with what the next one is asked, if there is one. */
export const pageOf = <A>(found: ReadonlyArray<A>, limit: number, placeOfLast: (last: A) => InboxPlace): { readonly shown: ReadonlyArray<A>; readonly next: { readonly next?: string } } => {
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  return { shown, next: last === undefined ? {} : { next: cursorOf(placeOfLast(last)) } }
}
