import * as E from 'fp-ts/lib/Either.js'
import type { CommandSide } from '../command-side/index.js'
import { problem } from '../events/wire/problems.js'
import type { Clock } from '../platform/clock.js'
import type { NewId } from '../platform/identifiers.js'
import type { Admission } from './handlers/admission.js'
import { whoGreets, type Hello, type Unwelcome } from './handlers/greeting.js'
import { createInbound, type Guest } from './handlers/inbound.js'
import type { Requests } from './handlers/requests.js'
import type { SignalFrames } from './handlers/signals.js'
import { gatewayLimits } from './limits.js'
import type { Authenticator, Identity, Socket, SocketHandlers } from './ports.js'
import { frameText } from './protocol/encode.js'
import { measure, type Outbox } from './sessions/outbox.js'
import type { Registry } from './sessions/registry.js'
import { noteDrained } from './sessions/send-steadily.js'
import { newSession, type CloseSession, type Session } from './sessions/session.js'
import { nextPing } from './sessions/sweep.js'

export interface DoorParts {
  readonly registry: Registry
  readonly outbox: Outbox
  readonly requests: Requests
  readonly signals: Pick<SignalFrames, 'handle'>
  readonly admission: Admission
  readonly close: CloseSession
  readonly authenticator: Authenticator
  readonly commandSide: Pick<CommandSide, 'deviceIsLive'>
  readonly clock: Clock
  readonly newId: NewId
  /** What follows the welcome: catch-up and live. */
  readonly resume: (session: Session, sync: string | undefined) => void
  readonly onDefect: (error: unknown) => void
}

/** Where sockets become sessions, and where what they send comes in. */
export interface Door {
  readonly handlers: SocketHandlers
  /** Sends those away who have not said hello in time. */
  readonly sendLateAway: (now: number) => void
  /** Nobody enters any more; guests are sent away. */
  readonly shut: () => void
}

interface Connections {
  readonly guests: Map<Socket, Guest>
  readonly sessions: Map<Socket, Session>
}

const sendAwayFrom = (guests: Map<Socket, Guest>) => ({ socket }: Guest, { problem: told, close: reason }: Unwelcome): void => {
  if (!guests.delete(socket)) return
  socket.send(frameText({ type: 'error', problem: told }))
  socket.close(reason)
}

/** The newer session of a device replaces the older. */
const enter = ({ registry, outbox, close, clock, newId, resume }: DoorParts, { guests, sessions }: Connections, { socket }: Guest, hello: Hello, identity: Identity): void => {
  guests.delete(socket)
  const before = registry.ofDevice(identity.account, hello.device)
  if (before !== undefined) close(before, 'replaced')
  const now = clock()
  const session = newSession({ id: newId(), socket, device: hello.device, identity, now, nextPingAt: nextPing(now) })
  sessions.set(socket, session)
  registry.enter(session)
  const { heartbeatMs, deadAfterMs } = gatewayLimits
  outbox.push(session, frameText({ type: 'welcome', session: session.id, heartbeatMs, deadAfterMs }))
  resume(session, hello.sync)
}

const greeter = (parts: DoorParts, connections: Connections, sendAway: ReturnType<typeof sendAwayFrom>) => {
  const greet = async (guest: Guest, hello: Hello): Promise<void> => {
    guest.greeting = true
    if (!(await guest.admitted)) return
    const who = await whoGreets(parts.authenticator, parts.commandSide, guest.bearer, hello)
    const admitted = E.isRight(who) ? await parts.admission.hello(guest.socket, who.right.account, hello.device) : E.right(undefined)
    if (!connections.guests.has(guest.socket)) return
    if (E.isLeft(who)) sendAway(guest, who.left)
    else if (E.isLeft(admitted)) sendAway(guest, { problem: admitted.left, close: 'flooding' })
    else if (who.right.expiresAt <= parts.clock()) sendAway(guest, { problem: problem('unauthenticated'), close: 'tokenExpired' })
    else enter(parts, connections, guest, hello, who.right)
  }
  return (guest: Guest, hello: Hello): void => {
    void greet(guest, hello).catch((error: unknown) => {
      parts.onDefect(error)
      sendAway(guest, { problem: problem('internal'), close: 'behind' })
    })
  }
}

/** Takes a socket in as a guest; sends it away when its address opens too many. */
const receiver = ({ admission, clock }: DoorParts, guests: Map<Socket, Guest>, sendAway: ReturnType<typeof sendAwayFrom>) => (socket: Socket, bearer: string | undefined): void => {
  const admitted = admission.connection(socket).then((answer) => {
    if (E.isLeft(answer)) sendAway(guest, { problem: answer.left, close: 'flooding' })
    return E.isRight(answer)
  })
  const guest: Guest = { socket, bearer, openedAt: clock(), greeting: false, frames: 0, admitted }
  guests.set(socket, guest)
}

export const createDoor = (parts: DoorParts): Door => {
  const { outbox, requests, admission, close, clock } = parts
  const { guests, sessions }: Connections = { guests: new Map(), sessions: new Map() }
  const sendAway = sendAwayFrom(guests)
  const inbound = createInbound({ outbox, requests, signals: parts.signals, admission, close, sendAway, greet: greeter(parts, { guests, sessions }, sendAway) })
  const receive = receiver(parts, guests, sendAway)
  let open = true

  const handlers: SocketHandlers = {
    opened: (socket, { bearer }) => {
      if (open) receive(socket, bearer)
      else socket.close('goingAway')
    },
    received: (socket, text) => {
      const session = sessions.get(socket)
      if (session !== undefined && session.stage !== 'closed') {
        session.heardAt = clock()
        inbound.fromSession(session, text)
        return
      }
      const guest = guests.get(socket)
      if (guest !== undefined) inbound.fromGuest(guest, text)
    },
    drained: (socket, bytes) => {
      const session = sessions.get(socket)
      if (session === undefined) return
      measure(session, bytes)
      noteDrained(session)
    },
    closed: (socket) => {
      guests.delete(socket)
      const session = sessions.get(socket)
      sessions.delete(socket)
      if (session !== undefined) close(session, 'goingAway')
    },
  }
  return {
    handlers,
    sendLateAway: (now) => {
      for (const guest of guests.values()) {
        if (now - guest.openedAt >= gatewayLimits.helloWithinMs) sendAway(guest, { problem: problem('unauthenticated'), close: 'unauthenticated' })
      }
    },
    shut: () => {
      open = false
      for (const { socket } of guests.values()) socket.close('goingAway')
      guests.clear()
    },
  }
}
