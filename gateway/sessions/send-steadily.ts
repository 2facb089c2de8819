import type { RecordedEvent } from '../../events/event-store.js'
import { innerLimits } from '../limits.js'
import type { Outbox } from './outbox.js'
import { later, type Place } from './places.js'
import type { Frame, Session } from './session.js'

/** Notes that an event went out: a sync token is owed that reaches it. */
export const noteSent = (session: Session, position: Place): void => {
  session.sentPlace = session.sentPlace === undefined ? position : later(session.sentPlace, position)
}

/** Little waits in the socket again: whoever waited for that goes on. */
export const noteDrained = (session: Session): void => {
  if (session.waitingBytes > innerLimits.historyWaitingBytes / 2 && session.stage !== 'closed') return
  const resume = session.onDrained
  session.onDrained = undefined
  resume?.()
}

const drained = (session: Session): Promise<void> =>
  new Promise((resolve) => { session.onDrained = resolve })

/** Sends events as fast as the socket takes them: at most about 512 KiB lie waiting, whatever there is to send. */
export const sendSteadily = async (outbox: Outbox, session: Session, events: ReadonlyArray<RecordedEvent>, frames: ReadonlyArray<Frame>): Promise<void> => {
  let queued = 0
  for (const [at, frame] of frames.entries()) {
    outbox.push(session, frame)
    queued += frame.length
    const event = events[at]
    if (event !== undefined) noteSent(session, event.position)
    if (queued < innerLimits.historyWaitingBytes / 4 && at + 1 < frames.length) continue
    queued = 0
    outbox.flush(session)
    if (session.waitingBytes > innerLimits.historyWaitingBytes && session.stage !== 'closed') await drained(session)
  }
}
