import { LRUCache } from 'lru-cache'
import { isMember, mayRead } from '../../events/visibility.js'
import type { ClientFrame } from '../../events/wire/frames.js'
import type { Clock } from '../../platform/clock.js'
import { gatewayLimits, innerLimits } from '../limits.js'
import type { Delivery, Signal, Signals } from '../ports.js'
import { seldom } from '../presence/seldom.js'
import type { Registry } from '../sessions/registry.js'
import type { Session } from '../sessions/session.js'

export type SignalFrame = Extract<ClientFrame, { readonly type: 'typing' | 'delivered' | 'watch' }>

export interface SignalFramesParts {
  readonly registry: Pick<Registry, 'rooms'>
  readonly signals: Pick<Signals, 'publish'>
  readonly watch: (session: Session, accounts: ReadonlyArray<string>) => void
  readonly clock: Clock
}

/** What clients say that is worth something now only. Nothing of it is answered, stored or waited for. */
export interface SignalFrames {
  readonly handle: (session: Session, frame: SignalFrame) => void
  /** Once a second: what members said of their deliveries since, the furthest of each. */
  readonly round: () => void
}

/** The account of a session in a conversation. */
const keyOf = ({ account }: Session, conversation: string): string => `${conversation} ${account}`

/** Signals are published at the end of the loop turn, those of many sessions at once. */
const together = ({ publish }: Pick<Signals, 'publish'>) => {
  let waiting: Signal[] = []
  return (signal: Signal): void => {
    if (waiting.push(signal) > 1) return
    setImmediate(() => {
      publish(waiting)
      waiting = []
    })
  }
}

export const createSignalFrames = ({ registry, signals, watch, clock }: SignalFramesParts): SignalFrames => {
  const writing = seldom(gatewayLimits.typingEveryMs)
  const publish = together(signals)
  const told = new LRUCache<string, number>({ max: innerLimits.deliveriesKnown })
  let reached = new Map<string, Delivery>()

  const seatOf = (session: Session, conversation: string) => {
    const room = registry.rooms.get(conversation)
    const seat = room?.seats.get(session)
    return room !== undefined && seat !== undefined && isMember(seat.visible) ? { room, seat } : undefined
  }
  const typing = (session: Session, conversation: string): void => {
    if (seatOf(session, conversation) === undefined || !writing.mayPass(keyOf(session, conversation), clock())) return
    publish({ type: 'typing', conversation, userId: session.account })
  }
  const delivered = (session: Session, conversation: string, through: number): void => {
    const seated = seatOf(session, conversation)
    if (seated === undefined || through > seated.room.last || !mayRead(seated.seat.visible, through)) return
    const key = keyOf(session, conversation)
    const after = told.get(key) ?? -1
    if (through > Math.max(after, reached.get(key)?.through ?? -1)) reached.set(key, { type: 'delivered', conversation, userId: session.account, after, through })
  }
  return {
    handle: (session, frame) => {
      if (frame.type === 'watch') watch(session, frame.accounts)
      else if (frame.type === 'typing') typing(session, frame.conversation)
      else delivered(session, frame.conversation, frame.through)
    },
    round: () => {
      writing.forget(clock())
      if (reached.size === 0) return
      for (const [key, { through }] of reached) told.set(key, through)
      signals.publish([...reached.values()])
      reached = new Map()
    },
  }
}
