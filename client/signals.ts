import type { DeliveredEvent } from '../events/wire/answers.js'
import type { ClientFrame, ServerFrame } from '../events/wire/frames.js'
import type { ClientHandlers } from './client.js'
import type { ClientLimits } from './limits.js'

interface Surroundings {
  readonly device: string
  readonly handlers: ClientHandlers
  readonly limits: ClientLimits
  readonly now: () => number
}

export interface Signals {
  readonly setTyping: (conversation: string) => void
  readonly watchPresence: (accounts: ReadonlyArray<string>) => void
  /** The event was handed to the application. */
  readonly delivered: (event: DeliveredEvent) => void
  readonly hear: (frame: Extract<ServerFrame, { readonly type: 'typing' | 'delivered' | 'presence' }>) => void
  readonly attach: (send: (frame: string) => void) => void
  /** The gateway takes signals only of sessions that are live. */
  readonly live: () => void
  readonly detach: () => void
}

/** Conversations in which it was said not long ago that somebody writes. */
const typingGate = (everyMs: number, now: () => number) => {
  const said = new Map<string, number>()
  return (conversation: string): boolean => {
    const time = now()
    for (const [other, at] of said) if (time - at >= everyMs) said.delete(other)
    if (said.has(conversation)) return false
    said.set(conversation, time)
    return true
  }
}

/**
 * What is worth telling now only. What cannot be sent is dropped, but for what stays true: which accounts are watched, and
 * how far each conversation has reached this device; both are said again by the next session.
 */
export const signals = ({ device, handlers, limits, now }: Surroundings): Signals => {
  const reached = new Map<string, number>()
  const mayType = typingGate(limits.typingEveryMs, now)
  let watched: ReadonlyArray<string> = []
  let send: ((frame: string) => void) | undefined
  let isLive = false
  let telling: ReturnType<typeof setTimeout> | undefined

  const say = (frame: ClientFrame) => { if (isLive) send?.(JSON.stringify(frame)) }
  const tell = () => {
    telling = undefined
    if (!isLive) return
    reached.forEach((through, conversation) => { say({ type: 'delivered', conversation, through }) })
    reached.clear()
  }
  const tellSoon = () => { if (isLive && reached.size > 0) telling ??= setTimeout(tell, limits.deliveredEveryMs) }

  return {
    setTyping: (conversation) => { if (isLive && mayType(conversation)) say({ type: 'typing', conversation }) },
    watchPresence: (accounts) => {
      watched = [...new Set(accounts)]
      say({ type: 'watch', accounts: [...watched] })
    },
    delivered: ({ conversation, sequence, type, metadata }) => {
      if (type !== 'MessageSent' || metadata.device === device) return
      reached.set(conversation, sequence)
      tellSoon()
    },
    hear: (frame) => {
      if (frame.type === 'typing') handlers.onTyping?.({ conversation: frame.conversation, userId: frame.userId })
      else if (frame.type === 'delivered') for (const member of frame.members) handlers.onDelivered?.({ conversation: frame.conversation, ...member })
      else handlers.onPresence?.({ userId: frame.userId, online: frame.online, lastSeenAt: frame.lastSeenAt })
    },
    attach: (to) => { send = to },
    live: () => {
      isLive = true
      if (watched.length > 0) say({ type: 'watch', accounts: [...watched] })
      tellSoon()
    },
    detach: () => {
      isLive = false
      send = undefined
      clearTimeout(telling)
      telling = undefined
    },
  }
}
