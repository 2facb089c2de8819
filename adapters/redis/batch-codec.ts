import * as E from 'fp-ts/lib/Either.js'
import type { CommittedBatch } from '../../events/committed.js'
import type { Position } from '../../events/event-store.js'
import { eventFields, eventOfFields, isEventFields, isText, isWhole, type EventFields } from './event-fields.js'

// Both sides may run different releases for a while: another layout needs another version, which older ones refuse (a gap).
const LAYOUT_VERSION = 1

export interface BatchMalformed {
  readonly _tag: 'BatchMalformed'
  readonly reason: string
}

type BatchFields = readonly [version: number, partition: number, after: string, through: string, events: ReadonlyArray<EventFields>]

const encodeOne = ({ partition, after, through }: Omit<CommittedBatch, 'events'>, events: ReadonlyArray<string>): string =>
  `[${LAYOUT_VERSION},${partition},${JSON.stringify(after)},${JSON.stringify(through)},[${events.join(',')}]]`

/**
 * A batch as JSON texts of at most about `maxCharacters` each, unless one event alone is longer. More than one is a chain
 * of smaller batches: each ends at its last event, the last one where the whole batch ends, so losing one shows.
 */
export const encodeBatch = ({ partition, after, through, events }: CommittedBatch, maxCharacters: number): ReadonlyArray<string> => {
  const messages: string[] = []
  let [from, size, encoded]: [CommittedBatch['after'], number, string[]] = [after, 0, []]
  let last: Position | undefined
  for (const event of events) {
    const fields = JSON.stringify(eventFields(event))
    if (last !== undefined && size + fields.length > maxCharacters) {
      messages.push(encodeOne({ partition, after: from, through: last }, encoded))
      ;[from, size, encoded] = [last, 0, []]
    }
    encoded.push(fields)
    size += fields.length
    last = event.position
  }
  return [...messages, encodeOne({ partition, after: from, through }, encoded)]
}

const isBatch = (value: unknown): value is BatchFields => {
  if (!Array.isArray(value) || value[0] !== LAYOUT_VERSION) return false
  const [, partition, after, through, events] = value as unknown[]
  return isWhole(partition) && isText(after) && isText(through) && Array.isArray(events) && events.every(isEventFields)
}

/** Reads what `encodeBatch` wrote. */
export const decodeBatch = (message: string): E.Either<BatchMalformed, CommittedBatch> => {
  try {
    const fields: unknown = JSON.parse(message)
    if (!isBatch(fields)) return E.left({ _tag: 'BatchMalformed', reason: 'not in the layout of this release' })
    const [, partition, after, through, events] = fields
    return E.right({ partition, after: after as Position | 'start', through: through as Position, events: events.map(eventOfFields) })
  } catch (error) {
    return E.left({ _tag: 'BatchMalformed', reason: String(error) })
  }
}
