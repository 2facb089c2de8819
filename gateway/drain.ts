import { setTimeout as after } from 'node:timers/promises'
import { gatewayLimits, innerLimits } from './limits.js'
import { frameText } from './protocol/encode.js'
import type { Outbox } from './sessions/outbox.js'
import type { CloseSession, Session } from './sessions/session.js'

export interface DrainParts {
  readonly sessions: ReadonlySet<Session>
  readonly outbox: Outbox
  readonly close: CloseSession
  readonly token: (session: Session) => string
  readonly settled: () => Promise<void>
}

/** Few sessions come back at once, many are spread over five seconds. */
const waitMs = (sessions: number): number => Math.floor(Math.random() * Math.min(gatewayLimits.reconnectSpreadMs, 100 + sessions))

/** Tells every session when and from where to come back, lets commands under way be answered, and closes them. */
export const drain = async ({ sessions, outbox, close, token, settled }: DrainParts): Promise<void> => {
  for (const session of sessions) {
    outbox.push(session, frameText({ type: 'reconnect', afterMs: waitMs(sessions.size), ...(session.stage === 'live' ? { sync: token(session) } : {}) }))
    outbox.flush(session)
  }
  await Promise.race([settled(), after(innerLimits.drainMs, undefined, { ref: false })])
  for (const session of sessions) close(session, 'goingAway')
}
