import * as E from 'fp-ts/lib/Either.js'
import type { AppendError, NewEvent } from '../events/event-store.js'
import { limits } from '../events/limits.js'

type SizeRefusal = Extract<AppendError, { _tag: 'EmptyAppend' | 'EventTooLarge' | 'AppendTooLarge' }>

/** The bytes of one event that count towards the limits: data, metadata and sealed together. */
export const eventBytes = (event: NewEvent): number =>
  event.data.byteLength + event.metadata.byteLength + (event.sealed?.byteLength ?? 0)

/**
 * What every event store refuses before anything is written: no events, an event over `limits.eventBytes`, more than
 * `limits.appendEvents` events (`limit` is then that count), or more than `limits.appendBytes` in all. Right: the bytes in all.
 */
export const checkAppendSize = (events: ReadonlyArray<NewEvent>): E.Either<SizeRefusal, number> => {
  if (events.length === 0) return E.left({ _tag: 'EmptyAppend' })
  let bytes = 0
  for (const event of events) {
    const size = eventBytes(event)
    if (size > limits.eventBytes) return E.left({ _tag: 'EventTooLarge', eventId: event.id, bytes: size, limit: limits.eventBytes })
    bytes += size
  }
  if (events.length > limits.appendEvents) return E.left({ _tag: 'AppendTooLarge', bytes, events: events.length, limit: limits.appendEvents })
  if (bytes > limits.appendBytes) return E.left({ _tag: 'AppendTooLarge', bytes, events: events.length, limit: limits.appendBytes })
  return E.right(bytes)
}
