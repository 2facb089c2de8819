import type { Position, RecordedEvent } from './event-store.js'

/**
 * What a projector says after a commit: the events of one partition after `after` up to `through` can be read now.
 * Batches of one partition chain (`after` = the last one's `through`), so that a listener notices one it missed.
 * Carried at most once: a hint, never the source.
 */
export interface CommittedBatch {
  readonly partition: number
  readonly after: Position | 'start'
  readonly through: Position
  readonly events: ReadonlyArray<RecordedEvent>
}
