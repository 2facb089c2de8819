import * as E from 'fp-ts/lib/Either.js'
import { frameText } from '../protocol/encode.js'
import type { CatchUp } from './catch-up.js'
import type { Outbox } from './outbox.js'
import { isAfter, type Place, type Places } from './places.js'
import type { Session } from './session.js'
import type { SyncTokens } from './sync-token.js'
import type { TokenGiver } from './token-giver.js'

export interface ResumeParts {
  readonly tokens: SyncTokens
  readonly tokenGiver: TokenGiver
  readonly catchUp: CatchUp
  readonly places: Places
  readonly progress: () => Promise<Place>
  readonly outbox: Outbox
  readonly clock: () => number
}

/** Where the token says to go on; `now` without one. A place that the log has not come to (yet, or any more) is no place. */
const placeOf = async ({ tokens, places, progress, clock }: ResumeParts, session: Session, sync: string): Promise<E.Either<string, Place>> => {
  const place = tokens.open(session, sync, clock())
  if (E.isLeft(place) || !isAfter(place.right, places.lowWatermark())) return place
  return isAfter(place.right, await progress()) ? E.left('unknown-place') : place
}

/** Missed history, `caught_up`, live; or `resync` with the reason, `caught_up`, live. */
export const resumeSession = (parts: ResumeParts) => async (session: Session, sync: string | undefined): Promise<void> => {
  const { catchUp, tokenGiver, places, outbox } = parts
  const place = sync === undefined ? undefined : await placeOf(parts, session, sync)
  if (place !== undefined && E.isLeft(place)) outbox.push(session, frameText({ type: 'resync', reason: place.left }))
  await catchUp(session, place !== undefined && E.isRight(place) ? place.right : 'now', () => {
    outbox.push(session, frameText({ type: 'caught_up', sync: tokenGiver.take(session, places) }))
  })
}
