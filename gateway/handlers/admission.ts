import * as E from 'fp-ts/lib/Either.js'
import { problem } from '../../events/wire/problems.js'
import type { RateAction } from '../../events/rate-limits.js'
import type { ClientFrame } from '../../events/wire/frames.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Clock } from '../../platform/clock.js'
import { addressKey } from '../../platform/network-address.js'
import type { RateKeys, RateLimiter } from '../../platform/rate-limiter.js'
import { gatewayLimits } from '../limits.js'
import type { Socket } from '../ports.js'
import { frameText } from '../protocol/encode.js'
import type { Outbox } from '../sessions/outbox.js'
import type { CloseSession, Session } from '../sessions/session.js'
import { giveRoom, takeRoom } from '../sessions/under-way.js'

export interface AdmissionParts {
  readonly rateLimiter: RateLimiter
  readonly outbox: Outbox
  readonly close: CloseSession
  readonly clock: Clock
  readonly onDefect: (error: unknown) => void
}

type Admitted = E.Either<Problem, void>

/** What may come in at this rate, by account, device and address (events/rate-limits.ts). */
export interface Admission {
  readonly connection: (socket: Socket) => Promise<Admitted>
  readonly hello: (socket: Socket, account: string, device: string) => Promise<Admitted>
  /**
   * Calls `serve` once the frame may pass; frames of a session in the order of the calls. What is too much is refused, or
   * left out where it asks for no answer; a session that keeps on ends.
   */
  readonly frame: (session: Session, frame: ClientFrame, bytes: number, serve: () => void) => void
  /** Resolves when no frame waits. */
  readonly settled: () => Promise<void>
}

const free: ReadonlySet<string> = new Set(['hello', 'pong', 'bye'])
const signals: Readonly<Record<string, RateAction>> = { read: 'read', typing: 'typing', delivered: 'delivered', watch: 'watch', ping: 'ping' }

const actionOf = (frame: ClientFrame): RateAction | undefined => {
  if (free.has(frame.type)) return undefined
  return frame.type === 'command' && frame.command.type === 'SendMessage' ? 'message' : (signals[frame.type] ?? 'command')
}

const keysOf = ({ remoteAddress }: Socket, account: string, device: string): RateKeys => ({ address: addressKey(remoteAddress), account, device: `${account}/${device}` })

/** Whether the session was refused too often lately. */
const isExcess = (session: Session, now: number): boolean => {
  if (now - session.limitedSince >= gatewayLimits.limitedWithinMs) {
    session.limitedSince = now
    session.limited = 0
  }
  session.limited += 1
  return session.limited > gatewayLimits.limitedFrames
}

export const createAdmission = ({ rateLimiter, outbox, close, clock, onDefect }: AdmissionParts): Admission => {
  const waiting = new Set<Promise<void>>()

  /** A defect of the limits keeps nobody out. */
  const draw = (keys: RateKeys, action: RateAction): Promise<Admitted> =>
    rateLimiter.consume(keys, action)().then(
      E.mapLeft(({ retryAfterMs }) => problem('rate-limited', { retryAfterMs })),
      (error: unknown): Admitted => {
        onDefect(error)
        return E.right(undefined)
      },
    )
  const refuse = (session: Session, frame: ClientFrame, told: Problem): void => {
    if ('request' in frame) outbox.push(session, frameText({ type: 'refused', request: frame.request, problem: told }))
    if (session.stage === 'closed' || !isExcess(session, clock())) return
    outbox.push(session, frameText({ type: 'error', problem: told }))
    close(session, 'flooding')
  }
  const inTurn = async (before: Promise<void> | undefined, admitted: Promise<Admitted>, then: (admitted: Admitted) => void): Promise<void> => {
    await before
    then(await admitted)
  }
  return {
    connection: ({ remoteAddress }) => draw({ address: addressKey(remoteAddress) }, 'connection'),
    hello: (socket, account, device) => draw(keysOf(socket, account, device), 'hello'),
    frame: (session, frame, bytes, serve) => {
      if (!takeRoom(session, bytes)) {
        close(session, 'flooding')
        return
      }
      const action = actionOf(frame)
      if (action === undefined && session.turn === undefined) {
        giveRoom(session, bytes)
        serve()
        return
      }
      const admitted = action === undefined ? Promise.resolve(E.right(undefined)) : draw(keysOf(session.socket, session.account, session.device), action)
      const turn = inTurn(session.turn, admitted, (answer) => {
        giveRoom(session, bytes)
        if (E.isRight(answer)) serve()
        else refuse(session, frame, answer.left)
      }).catch(onDefect).then(() => {
        waiting.delete(turn)
        if (session.turn === turn) session.turn = undefined
      })
      session.turn = turn
      waiting.add(turn)
    },
    settled: async () => { while (waiting.size > 0) await Promise.allSettled(waiting) },
  }
}
