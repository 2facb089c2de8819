import { frameText } from '../protocol/encode.js'
import type { Outbox } from './outbox.js'
import { isAfter, later, type Place, type Places } from './places.js'
import type { Session } from './session.js'
import type { SyncTokens } from './sync-token.js'

/**
 * The place that a session's sync token may carry: every event that its account may see at or before it was handed to its
 * socket, in order. Why that holds:
 *
 * - `through`: history, read in log order up to the timeline's low watermark, was handed to the socket up to there.
 * - While the session is live and sure, also the gateway's low watermark: in every partition all batches up to it were
 *   heard in an unbroken chain and handled. What was handled before the session began to keep back was in its history
 *   (catch-up.ts); what was handled later was replayed or sent live.
 * - Unsure sessions (a broken chain), and those that catch up, stay at `through`.
 *
 * What was handed over but never left a dying socket is no loss: the token that claims it came behind it on the same
 * socket, so the client does not hold it.
 */
export const syncPlace = (session: Session, places: Places): Place =>
  session.stage === 'live' && !session.unsure ? later(session.through, places.lowWatermark()) : session.through

export interface TokenGiver {
  /** The token of where the session is now, for `caught_up` and `reconnect`. */
  readonly take: (session: Session, places: Places) => string
  /** The same as a `sync` frame. */
  readonly give: (session: Session, places: Places) => void
}

export const tokenGiver = (tokens: SyncTokens, outbox: Outbox, clock: () => number): TokenGiver => {
  const take = (session: Session, places: Places): string => {
    const [place, now] = [syncPlace(session, places), clock()]
    session.syncPlace = place
    session.syncAt = now
    if (session.sentPlace !== undefined && !isAfter(session.sentPlace, place)) {
      session.sentPlace = undefined
      // Everything sent lies at or before a place that live batches are past: none of it comes by again.
      if (session.stage === 'live') session.ahead = undefined
    }
    return tokens.seal(session, place, now)
  }
  return {
    take,
    give: (session, places) => { outbox.push(session, frameText({ type: 'sync', sync: take(session, places) })) },
  }
}
