import type { CaughtUp, EventStore, Position, RecordedEvent, StreamName } from '../../../events/event-store.js'

export interface Follower {
  readonly seen: ReadonlyArray<RecordedEvent>
  /** How many events had been seen at each `CaughtUp`. */
  readonly caughtUp: ReadonlyArray<CaughtUp & { readonly after: number }>
  /** Resolves when the iteration has ended, by whatever means; rejects when it failed. */
  readonly ended: Promise<void>
  /** Ends by the signal; resolves when the iteration has ended. */
  readonly stop: () => Promise<void>
}

/** Follows a log in the background and keeps what belongs to `streams`, in the order of arrival. */
export const startFollower = (store: EventStore, from: Position | 'start', streams: ReadonlyArray<StreamName>): Follower => {
  const abort = new AbortController()
  const mine = new Set(streams)
  const seen: RecordedEvent[] = []
  const caughtUp: (CaughtUp & { readonly after: number })[] = []
  const run = async () => {
    for await (const item of store.follow(from, abort.signal)) {
      if (!('id' in item)) caughtUp.push({ ...item, after: seen.length })
      else if (mine.has(item.stream)) seen.push(item)
    }
  }
  const ended = run()
  ended.catch(() => undefined)
  const stop = () => {
    abort.abort()
    return ended
  }
  return { seen, caughtUp, ended, stop }
}

/** Each event once, where it was seen first: a reconnect may repeat. */
export const firstSightings = (seen: ReadonlyArray<RecordedEvent>): ReadonlyArray<RecordedEvent> => {
  const sightings = new Map<string, RecordedEvent>()
  for (const event of seen) {
    const key = `${event.stream} ${event.revision}`
    if (!sightings.has(key)) sightings.set(key, event)
  }
  return [...sightings.values()]
}
