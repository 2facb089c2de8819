import { CommandRefused, OutboxFull } from './client.js'
import { oneAtATime, type Surroundings } from './one-at-a-time.js'

interface Waiter {
  readonly through: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

interface Marker {
  readonly add: (waiter: Waiter) => void
  readonly stop: (error: Error) => void
}

/** One conversation's marker: it only moves forward, so the furthest is sent, one at a time, until it is answered. */
const marker = (conversation: string, surroundings: Surroundings, onSettled: (waiters: number, idle: boolean) => void): Marker => {
  let waiters: ReadonlyArray<Waiter> = []

  const asking = oneAtATime<number>(surroundings, {
    next: () => (waiters.length === 0 ? undefined : waiters.reduce((furthest, waiter) => Math.max(furthest, waiter.through), 0)),
    frame: (request, through) => ({ type: 'read', request, conversation, through }),
    settle: (through, refused) => {
      const settled = waiters.filter((waiter) => waiter.through <= through)
      waiters = waiters.filter((waiter) => waiter.through > through)
      for (const { resolve, reject } of settled) {
        if (refused === undefined) resolve()
        else reject(new CommandRefused(refused))
      }
      onSettled(settled.length, waiters.length === 0)
    },
  })

  return {
    add: (waiter) => {
      waiters = [...waiters, waiter]
      asking.wake()
    },
    stop: (error) => {
      asking.end()
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
