import type { Acknowledgement, Problem } from '../events/wire/answers.js'
import type { ServerFrame } from '../events/wire/frames.js'

/** `Lost`: the socket went before the answer came; the request may or may not have been heard. */
export type Answer =
  | { readonly _tag: 'Acknowledged'; readonly ack: Acknowledgement }
  | { readonly _tag: 'Refused'; readonly problem: Problem }
  | { readonly _tag: 'Lost' }

/** Something that has requests to send, one at a time, in an order of its own. */
export interface Source {
  /** Sends its next request through `ask`, if it may send one now. Returns whether it did. */
  readonly sendNext: () => boolean
}

export interface Pipeline {
  /** The source may have something to send. */
  readonly wake: (source: Source) => void
  /** Called within `sendNext`. `answered` is called exactly once, also when the socket is lost. */
  readonly ask: (frame: (request: number) => string, answered: (answer: Answer) => void) => void
  readonly answer: (frame: Extract<ServerFrame, { type: 'ack' | 'refused' }>) => void
  /** Sends nothing more; calls `whenIdle`, which ends the session, when everything under way is answered. */
  readonly rest: (whenIdle: () => void) => void
  readonly attach: (send: (frame: string) => void) => void
  /** The socket is gone: every request under way is answered `Lost`, in the order it was sent. */
  readonly detach: () => void
}

/** Requests under way on one socket, at most `maxInFlight`; the sources that wait for room take turns. */
export const pipeline = (maxInFlight: number): Pipeline => {
  const waiting = new Set<Source>()
  const underWay = new Map<number, (answer: Answer) => void>()
  let send: ((frame: string) => void) | undefined
  let resting: (() => void) | undefined
  let requests = 0

  const pump = () => {
    for (const source of waiting) {
      if (send === undefined || underWay.size >= maxInFlight) return
      waiting.delete(source)
      if (source.sendNext()) waiting.add(source)
    }
  }

  const settle = (request: number, answer: Answer) => {
    const answered = underWay.get(request)
    underWay.delete(request)
    answered?.(answer)
  }

  return {
    wake: (source) => {
      waiting.add(source)
      pump()
    },
    ask: (frame, answered) => {
      requests += 1
      underWay.set(requests, answered)
      send?.(frame(requests))
    },
    answer: (frame) => {
      settle(frame.request, frame.type === 'ack' ? { _tag: 'Acknowledged', ack: frame.ack } : { _tag: 'Refused', problem: frame.problem })
      pump()
      if (underWay.size === 0) resting?.()
    },
    rest: (whenIdle) => {
      send = undefined
      resting = whenIdle
      if (underWay.size === 0) whenIdle()
    },
    attach: (next) => {
      send = next
      pump()
    },
    detach: () => {
      send = undefined
      resting = undefined
      for (const request of [...underWay.keys()]) settle(request, { _tag: 'Lost' })
    },
  }
}
