import { CommandRefused, OutboxFull } from './client.js'
import type { ClientLimits } from './limits.js'
import type { Answer, Pipeline, Source } from './pipeline.js'
import { refusalOf } from './refusal.js'
import { retry } from './retry.js'

interface Waiter {
  readonly through: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

interface Marker {
  readonly add: (waiter: Waiter) => void
  readonly stop: (error: Error) => void
}

interface Surroundings {
  readonly pipeline: Pipeline
  readonly limits: ClientLimits
  readonly random: () => number
}

/** One conversation's marker: it only moves forward, so the furthest is sent, one at a time, until it is answered. */
const marker = (conversation: string, { pipeline, limits, random }: Surroundings, onSettled: (waiters: number, idle: boolean) => void): Marker => {
  let waiters: ReadonlyArray<Waiter> = []
  let underWay = false
  const pause = retry(limits, random, () => { pipeline.wake(source) })

  const sendNext = (): boolean => {
    if (underWay || pause.isWaiting() || waiters.length === 0) return false
    const through = waiters.reduce((furthest, waiter) => Math.max(furthest, waiter.through), 0)
    underWay = true
    pipeline.ask(
      (request) => JSON.stringify({ type: 'read', request, conversation, through }),
      (answer) => { answered(through, answer) },
    )
    return true
  }
  const source: Source = { sendNext }

  const settle = (through: number, how: (waiter: Waiter) => void) => {
    const settled = waiters.filter((waiter) => waiter.through <= through)
    waiters = waiters.filter((waiter) => waiter.through > through)
    pause.succeeded()
    settled.forEach(how)
    onSettled(settled.length, waiters.length === 0)
  }

  const answered = (through: number, answer: Answer) => {
    underWay = false
    if (answer._tag === 'Acknowledged') settle(through, (waiter) => { waiter.resolve() })
    if (answer._tag === 'Refused') {
      const refusal = refusalOf(answer.problem)
      if (refusal._tag === 'Again') pause.begin(refusal.afterMs)
      else settle(through, (waiter) => { waiter.reject(new CommandRefused(answer.problem)) })
    }
    pipeline.wake(source)
  }

  return {
    add: (waiter) => {
      waiters = [...waiters, waiter]
      pipeline.wake(source)
    },
    stop: (error) => {
      pause.end()
      waiters.forEach((waiter) => { waiter.reject(error) })
      waiters = []
    },
  }
}

export interface ReadMarkers {
  readonly markRead: (conversation: string, through: number) => Promise<void>
  /** Rejects all that waits, and what comes later. */
  readonly stop: (error: Error) => void
}

/** Read markers on their way: each call is answered once the marker is at or past it. */
export const readMarkers = (surroundings: Surroundings): ReadMarkers => {
  const { limits } = surroundings
  const markers = new Map<string, Marker>()
  let queued = 0
  let stopped: Error | undefined

  const markerOf = (conversation: string): Marker => {
    const known = markers.get(conversation)
    if (known !== undefined) return known
    const made = marker(conversation, surroundings, (settled, idle) => {
      queued -= settled
      if (idle) markers.delete(conversation)
    })
    markers.set(conversation, made)
    return made
  }

  return {
    markRead: (conversation, through) =>
      new Promise((resolve, reject) => {
        if (stopped !== undefined || queued >= limits.readMarkersQueued) {
          reject(stopped ?? new OutboxFull(limits.readMarkersQueued))
          return
        }
        queued += 1
        markerOf(conversation).add({ through, resolve, reject })
      }),
    stop: (error) => {
      stopped = error
      markers.forEach((each) => { each.stop(error) })
      markers.clear()
    },
  }
}
