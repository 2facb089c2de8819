import type { CommittedBatch } from '../../events/committed.js'
import type { Position, RecordedEvent } from '../../events/event-store.js'

export type Place = Position | 'start'

export const isAfter = (one: Place, other: Place): boolean => one !== 'start' && (other === 'start' || one > other)
export const later = (one: Place, other: Place): Place => (isAfter(one, other) ? one : other)
export const earlier = (one: Place, other: Place): Place => (isAfter(one, other) ? other : one)

/** What a batch adds to its partition, and whether something before it is missing. */
export interface Heard {
  readonly fresh: ReadonlyArray<RecordedEvent>
  readonly broken: boolean
}

/**
 * How far each partition was heard and handled. Batches chain: `after` at or before the place reached continues it.
 * The low watermark moves only with `handled`.
 */
export interface Places {
  readonly hear: (batch: CommittedBatch) => Heard
  /** Everything heard so far was handed to the sessions, or the sessions that lack something are marked unsure. */
  readonly handled: () => void
  /** Everything committed at or before it was handled, in every partition. */
  readonly lowWatermark: () => Place
  /** Everything up to there counts as heard, also where nothing was announced. */
  readonly passTo: (place: Place) => void
}

export const trackPlaces = (partitions: number, base: Place): Places => {
  const reached = new Map<number, Place>(Array.from({ length: partitions }, (_, partition) => [partition, base]))
  let low = base

  return {
    hear: ({ partition, after, through, events }) => {
      const before = reached.get(partition) ?? base
      if (!isAfter(through, before)) return { fresh: [], broken: false }
      reached.set(partition, through)
      return { fresh: isAfter(before, after) ? events.filter(({ position }) => isAfter(position, before)) : events, broken: isAfter(after, before) }
    },
    handled: () => {
      let lowest: Place | undefined
      for (const place of reached.values()) lowest = lowest === undefined ? place : earlier(lowest, place)
      low = later(low, lowest ?? 'start')
    },
    lowWatermark: () => low,
    passTo: (place) => {
      for (const [partition, before] of reached) reached.set(partition, later(before, place))
    },
  }
}
