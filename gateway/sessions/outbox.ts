import { gatewayLimits } from '../limits.js'
import type { Frame, Session } from './session.js'

/** Queues frames so that what one loop turn makes for a socket leaves in one write. */
export interface Outbox {
  /** In order per session; dropped when the session is closed. */
  readonly push: (session: Session, frame: Frame) => void
  /** Gives what is queued for the session to its socket now. */
  readonly flush: (session: Session) => void
}

const bytesOf = (frame: Frame): number => (typeof frame === 'string' ? Buffer.byteLength(frame) : frame.byteLength)

/** Takes over what the socket now says is waiting; the frames among it are estimated by their share of the bytes. */
export const measure = (session: Session, bytes: number): void => {
  const { waitingBytes, waitingFrames } = session
  session.waitingFrames = bytes >= waitingBytes ? waitingFrames : Math.ceil((waitingFrames * bytes) / waitingBytes)
  session.waitingBytes = bytes
}

const isOver = ({ waitingBytes, waitingFrames }: Session): boolean =>
  waitingBytes > gatewayLimits.waitingBytes || waitingFrames > gatewayLimits.waitingFrames

/** Sends until the bound is passed: the first frame over it is the last one. */
const sendAll = (session: Session, frames: ReadonlyArray<Frame>): void => {
  for (const frame of frames) {
    session.waitingFrames += 1
    session.waitingBytes += bytesOf(frame)
    measure(session, session.socket.send(frame))
    if (isOver(session)) return
  }
}

/** `onSlow` is called, at most once per flush, for a session whose socket holds back more than a socket may. */
export const createOutbox = (onSlow: (session: Session) => void): Outbox => {
  let touched: Session[] = []

  const flush = (session: Session): void => {
    const frames = session.outbox
    if (frames === undefined) return
    session.outbox = undefined
    session.socket.batched(() => { sendAll(session, frames) })
    if (isOver(session) && session.stage !== 'closed') onSlow(session)
  }
  const flushAll = (): void => {
    const sessions = touched
    touched = []
    for (const session of sessions) flush(session)
  }
  return {
    push: (session, frame) => {
      if (session.stage === 'closed') return
      if (session.outbox !== undefined) {
        session.outbox.push(frame)
        return
      }
      session.outbox = [frame]
      if (touched.push(session) === 1) setImmediate(flushAll)
    },
    flush,
  }
}
