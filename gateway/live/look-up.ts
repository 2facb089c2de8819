import { setTimeout as after } from 'node:timers/promises'
import { innerLimits } from '../limits.js'
import type { CatchUp } from '../sessions/catch-up.js'
import { lanes } from '../sessions/lanes.js'
import type { Registry } from '../sessions/registry.js'
import { later, type Places } from '../sessions/places.js'
import type { Session } from '../sessions/session.js'

export interface LookUpParts {
  readonly registry: Registry
  readonly catchUp: CatchUp
  readonly places: Places
  /** Closes the session unless its device is still live. */
  readonly checkDevice: (session: Session) => Promise<void>
  readonly onDefect: (session: Session, error: unknown) => void
}

/** Everything that its conversations handed to it counts as sent. */
const noteAllSent = ({ rooms }: Registry, session: Session): void => {
  const ahead = session.ahead ?? new Map<string, number>()
  for (const conversation of session.conversations) {
    const last = rooms.get(conversation)?.last
    if (last !== undefined) ahead.set(conversation, Math.max(last, ahead.get(conversation) ?? -1))
  }
  session.ahead = ahead
}

/**
 * Doubts a live session: its sync tokens stay where they are, and it is taken through another catch-up, a few at a time;
 * until its turn comes it stays live. What it was sent in its conversations since `through` is not sent again. A socket that takes nothing holds its place for 1 s only.
 */
export const createDoubt = ({ registry, catchUp, places, checkDevice, onDefect }: LookUpParts): ((session: Session) => void) => {
  const inLane = lanes(innerLimits.lookUpsAtOnce)

  const lookUp = async (session: Session): Promise<void> => {
    await checkDevice(session)
    if (session.stage !== 'live') return
    noteAllSent(registry, session)
    registry.unseatAll(session)
    session.stage = 'catching-up'
    await catchUp(session, session.through, () => undefined)
  }
  return (session) => {
    if (session.stage !== 'live' || session.unsure) return
    session.through = later(session.through, places.lowWatermark())
    session.unsure = true
    void inLane(() => {
      const looked = lookUp(session).catch((error: unknown) => { onDefect(session, error) })
      return Promise.race([looked, after(innerLimits.lookUpSlotMs, undefined, { ref: false })])
    })
  }
}
