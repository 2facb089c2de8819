import type { Position } from '../../events/event-store.js'

export type Place = Position | 'start'

/** Whether `place` lies at or before `limit`. */
export const isWithin = (place: Place, limit: Place): boolean => place === 'start' || (limit !== 'start' && place <= limit)

export const furthest = (first: Place, ...others: ReadonlyArray<Place | undefined>): Place => {
  let far = first
  for (const other of others) if (other !== undefined && isWithin(far, other)) far = other
  return far
}

/** The one that lies before all others; `start` when there is none. */
export const lowest = (places: ReadonlyArray<Place>): Place => places.reduce((low, place) => (isWithin(place, low) ? place : low), places[0] ?? 'start')
