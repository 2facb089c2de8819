import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js'

export type StreamName = string & { readonly StreamName: unique symbol }

/**
 * A place in the whole log. Opaque, the same for every reader, ordered by plain string comparison (adapters pad
 * their numbers); never arithmetic on it.
 */
export type Position = string & { readonly Position: unique symbol }

/** What the stream must look like for the append to happen; `any` only for streams whose order nobody decides on. */
export type ExpectedRevision = 'no-stream' | 'any' | { readonly revision: bigint }

/** One event as bytes: canonical JSON in `data` and `metadata` (events/canonical.ts), stored as they are for ever. */
export interface NewEvent {
  readonly id: string
  readonly type: string
  readonly version: number
  readonly data: Uint8Array
  readonly metadata: Uint8Array
  readonly sealed: Uint8Array | undefined
}

export interface RecordedEvent extends NewEvent {
  readonly stream: StreamName
  readonly revision: bigint
  readonly position: Position
}

export interface Appended {
  readonly firstRevision: bigint
  readonly lastRevision: bigint
  readonly position: Position
}

/** Everything up to here was delivered; what follows is live. */
export interface CaughtUp {
  readonly type: 'caught-up'
  readonly position: Position | 'start'
}

export type AppendError =
  | { readonly _tag: 'WrongExpectedRevision'; readonly actual: bigint | 'no-stream' }
  | { readonly _tag: 'EmptyAppend' }
  | { readonly _tag: 'EventTooLarge'; readonly eventId: string; readonly bytes: number; readonly limit: number }
  | { readonly _tag: 'AppendTooLarge'; readonly bytes: number; readonly events: number; readonly limit: number }
  | { readonly _tag: 'StoreUnavailable'; readonly retryAfterMs: number; readonly reason: string }

/** The ordered, append-only record that everything else is derived from. */
export interface EventStore {
  /**
   * Appends to one stream, all events or none; durable (fsynced) once it succeeds.
   *
   * Order: revisions are contiguous from 0; positions become visible in increasing order, never in between.
   * Idempotence: the same ids at the same revisions again, even after a restart, give the original answer; with
   * `any`, ids that the stream already holds give the original answer while the store remembers them.
   * Errors: sizes are refused before anything is written (`limits.eventBytes` counts data, metadata and sealed
   * together; `limits.appendBytes`, `limits.appendEvents`). An unknown outcome (time-out, lost connection) is
   * `StoreUnavailable`: call again with the same ids.
   */
  readonly append: (stream: StreamName, expected: ExpectedRevision, events: ReadonlyNonEmptyArray<NewEvent>) => TaskEither<AppendError, Appended>

  /**
   * Reads one stream in revision order, from a revision (inclusive), at most `limit` events. A stream that is not
   * there is empty. `start` and `end` name its first and last event. Throws `StoreReadFailed` when it cannot be read.
   */
  readonly read: (
    stream: StreamName,
    options: { readonly from: bigint | 'start' | 'end'; readonly direction: 'forwards' | 'backwards'; readonly limit: number },
  ) => AsyncIterable<RecordedEvent>

  /**
   * Follows the whole log after `from` (exclusive): history, one `CaughtUp`, then live events, until `signal` aborts.
   *
   * Order: by position; per stream by revision. At least once: after a reconnect events may repeat, none is skipped.
   * Back-pressure: nothing is read ahead beyond one page. Reconnects by itself; ends only by the signal.
   */
  readonly follow: (from: Position | 'start', signal: AbortSignal) => AsyncIterable<RecordedEvent | CaughtUp>

  /** Releases connections and timers. No append is pending afterwards; idempotent. */
  readonly close: () => Promise<void>
}

/** A read that could not be answered; the caller may try again. */
export class StoreReadFailed extends Error {
  override readonly name = 'StoreReadFailed'
}
