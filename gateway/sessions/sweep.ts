import * as E from 'fp-ts/lib/Either.js'
import type { CloseReason } from '../../events/wire/close-codes.js'
import { gatewayLimits, innerLimits } from '../limits.js'
import type { Authenticator } from '../ports.js'
import { pingFrame } from '../protocol/encode.js'
import type { Outbox } from './outbox.js'
import { isAfter, type Place } from './places.js'
import type { CloseSession, Session } from './session.js'

/** When the next ping is due: every 30 s, spread so that a gateway's sockets do not all beat at once. */
export const nextPing = (now: number): number => now + gatewayLimits.heartbeatMs * (0.8 + 0.2 * Math.random())

const lateness = (session: Session, now: number): CloseReason | undefined => {
  if (now >= session.expiresAt) return 'tokenExpired'
  return now - session.heardAt >= gatewayLimits.deadAfterMs ? 'heartbeatMissed' : undefined
}

/** Whether a token is owed: soon after events went quiet, every few seconds while they flow, now and then without any. */
const isTokenDue = (session: Session, place: Place, now: number): boolean => {
  if (session.stage !== 'live' || !isAfter(place, session.syncPlace)) return false
  const since = now - session.syncAt
  if (session.sentPlace === undefined) return since >= gatewayLimits.syncRefreshMs
  return since >= gatewayLimits.syncAtMostMs || (since >= gatewayLimits.syncWhenIdleMs && !isAfter(session.sentPlace, place))
}

export interface SweepParts {
  readonly sessions: ReadonlySet<Session>
  readonly outbox: Outbox
  readonly close: CloseSession
  readonly placeOf: (session: Session) => Place
  readonly giveToken: (session: Session) => void
}

/** One pass over all sessions, for what would else be timers of each: expiry, heartbeats, sync tokens. */
export const sweep = ({ sessions, outbox, close, placeOf, giveToken }: SweepParts, now: number): void => {
  for (const session of sessions) {
    const reason = lateness(session, now)
    if (reason !== undefined) {
      close(session, reason)
      continue
    }
    if (now >= session.nextPingAt) {
      session.nextPingAt = nextPing(now)
      outbox.push(session, pingFrame)
    }
    if (isTokenDue(session, placeOf(session), now)) giveToken(session)
  }
}

/** Closes sessions whose tokens were revoked since; asks for a bounded number at once. A failure is left to the next time. */
export const closeRevoked = async (sessions: ReadonlySet<Session>, authenticator: Authenticator, close: CloseSession): Promise<void> => {
  const ids = [...new Set([...sessions].flatMap(({ tokenId }) => (tokenId === undefined ? [] : [tokenId])))]
  const revoked = new Set<string>()
  for (let at = 0; at < ids.length; at += innerLimits.tokenIdsAtOnce) {
    const answer = await authenticator.revoked(ids.slice(at, at + innerLimits.tokenIdsAtOnce))()
    if (E.isRight(answer)) for (const id of answer.right) revoked.add(id)
  }
  if (revoked.size === 0) return
  for (const session of sessions) {
    if (session.tokenId !== undefined && revoked.has(session.tokenId)) close(session, 'tokenExpired')
  }
}
