import * as E from 'fp-ts/lib/Either.js'
import type { CloseReason } from '../../events/wire/close-codes.js'
import type { ClientFrame } from '../../events/wire/frames.js'
import { problem } from '../../events/wire/problems.js'
import { gatewayLimits } from '../limits.js'
import type { Socket } from '../ports.js'
import { frameText, pongFrame } from '../protocol/encode.js'
import { parseFrame, type FrameRefusal } from '../protocol/parse.js'
import type { Outbox } from '../sessions/outbox.js'
import type { CloseSession, Session } from '../sessions/session.js'
import type { Admission } from './admission.js'
import type { Hello, Unwelcome } from './greeting.js'
import type { Requests } from './requests.js'
import type { SignalFrames } from './signals.js'

/** A socket that has not said who it is. */
export interface Guest {
  readonly socket: Socket
  readonly bearer: string | undefined
  readonly openedAt: number
  greeting: boolean
  /** Sent before the welcome. */
  frames: number
  /** Whether its address may open a connection now. */
  readonly admitted: Promise<boolean>
}

export interface InboundParts {
  readonly outbox: Outbox
  readonly requests: Requests
  readonly signals: Pick<SignalFrames, 'handle'>
  readonly admission: Pick<Admission, 'frame'>
  readonly close: CloseSession
  readonly sendAway: (guest: Guest, unwelcome: Unwelcome) => void
  readonly greet: (guest: Guest, hello: Hello) => void
}

export interface Inbound {
  readonly fromGuest: (guest: Guest, text: string) => void
  readonly fromSession: (session: Session, text: string) => void
}

const closeOf = (refusal: FrameRefusal): CloseReason => (refusal._tag === 'TooLarge' ? 'frameTooLarge' : 'protocolError')
const problemOf = (refusal: FrameRefusal) => (refusal._tag === 'TooLarge' ? problem('too-large') : refusal.problem)

/** Before the welcome: hello once, and little else. */
const guestHearer = (sendAway: InboundParts['sendAway'], greet: InboundParts['greet']) => (guest: Guest, text: string): void => {
  guest.frames += 1
  if (guest.frames > gatewayLimits.framesBeforeWelcome) {
    sendAway(guest, { problem: problem('rate-limited', { retryAfterMs: gatewayLimits.helloWithinMs }), close: 'flooding' })
    return
  }
  const parsed = parseFrame(text)
  if (E.isLeft(parsed)) sendAway(guest, { problem: problemOf(parsed.left), close: closeOf(parsed.left) })
  else if (parsed.right.type === 'hello' && !guest.greeting) greet(guest, parsed.right)
  else if (parsed.right.type === 'ping') guest.socket.send(pongFrame)
  else if (parsed.right.type !== 'pong') {
    sendAway(guest, { problem: problem('unauthenticated', { detail: 'Say hello once, wait for welcome, then send.' }), close: 'protocolError' })
  }
}

/**
 * What clients send. Wrong fields in a known frame are answered and the session goes on, 16 times at most; what is no frame
 * at all, or too large, ends it: the two sides no longer agree on what is being said.
 */
export const createInbound = ({ outbox, requests, signals, admission, close, sendAway, greet }: InboundParts): Inbound => {
  const end = (session: Session, refusal: FrameRefusal): void => {
    outbox.push(session, frameText({ type: 'error', problem: problemOf(refusal) }))
    close(session, closeOf(refusal))
  }
  const refuse = (session: Session, refusal: FrameRefusal): void => {
    session.malformed += 1
    if (refusal._tag !== 'BadFields' || session.malformed > gatewayLimits.malformedFrames) {
      end(session, refusal)
      return
    }
    const { request, problem: told } = refusal
    outbox.push(session, frameText(request === undefined ? { type: 'error', problem: told } : { type: 'refused', request, problem: told }))
  }
  const serve = (session: Session, frame: ClientFrame, bytes: number): void => {
    switch (frame.type) {
      case 'command':
      case 'read':
      case 'mute':
        requests.handle(session, frame, bytes)
        return
      case 'typing':
      case 'delivered':
      case 'watch':
        signals.handle(session, frame)
        return
      case 'ping':
        outbox.push(session, pongFrame)
        return
      case 'pong':
        return
      case 'bye':
        close(session, 'goingAway')
        return
      case 'hello':
        end(session, { _tag: 'NotAFrame', problem: problem('malformed', { detail: 'A session says hello once.' }) })
    }
  }
  return {
    fromGuest: guestHearer(sendAway, greet),
    fromSession: (session, text) => {
      const parsed = parseFrame(text)
      if (E.isLeft(parsed)) refuse(session, parsed.left)
      else admission.frame(session, parsed.right, text.length, () => { serve(session, parsed.right, text.length) })
    },
  }
}
