import type { Either } from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { CommittedBatch } from '../events/committed.js'
import type { Position, RecordedEvent, StreamName } from '../events/event-store.js'

/** Events of one partition in log order. `through`: everything of this partition up to there has been delivered. */
export interface FeedBatch {
  readonly partition: number
  readonly events: ReadonlyArray<RecordedEvent>
  readonly through: Position
  /** True from the first batch that ends at what was the head of the log when the feed started. */
  readonly caughtUp: boolean
}

/**
 * The log as projections receive it, split by stream into partitions.
 *
 * Order: by position within a partition, so by revision within a stream. At least once: after a crash or a rebalance
 * batches repeat, so a consumer compares positions; none is skipped. A batch counts as consumed when `handle` has
 * resolved; while it is pending nothing more of that partition is delivered (back-pressure). A rejected `handle` is
 * tried again with back-off. A batch may be empty of events: `through` then tells that the partition is idle.
 */
export interface Feed {
  readonly partitions: number
  /** The same for every process and for ever, given the number of partitions. */
  readonly partitionOf: (stream: StreamName) => number
  /** Runs until `signal` aborts. Consumers of one `group` share the partitions; each group gets everything. */
  readonly consume: (options: {
    readonly group: string
    /** Asked whenever a partition is (re)assigned: the position after which to deliver. */
    readonly resumeAfter: (partition: number) => Promise<Position | 'start'>
    readonly handle: (batch: FeedBatch) => Promise<void>
    readonly maxEvents: number
    readonly signal: AbortSignal
  }) => Promise<void>
}

/** Tells gateways what was committed. At most once, in order per partition; never waits for a listener. */
export interface Announcer {
  readonly announce: (batch: CommittedBatch) => void
}

/** What one projection makes of one event: writes, or why it can make none (the event is poison to it). */
export interface Step {
  readonly event: Pick<RecordedEvent, 'stream' | 'revision' | 'position' | 'id' | 'type'>
  readonly outcome: Either<string, ReadonlyArray<unknown>>
}

/** By name of the projection, each in log order; events that write nothing may be left out. */
export type Steps = ReadonlyMap<string, ReadonlyArray<Step>>

/** What projections make of one partition's events: all of them with `after` < position <= `through`, perhaps older ones too. */
export interface ProjectedBatch {
  readonly partition: number
  /** Of the feed. */
  readonly partitions: number
  readonly after: Position | 'start'
  readonly through: Position
  readonly steps: Steps
}

/** An event that could not be applied; its stream waits from there on, for that projection. */
export interface ParkedStream {
  readonly projection: string
  readonly stream: StreamName
  /** Of the event that could not be applied. */
  readonly revision: bigint
  readonly position: Position
  readonly eventId: string
  readonly type: string
  readonly reason: string
  /** Milliseconds since 1970. */
  readonly parkedAt: number
  /** The newest revision that was held back so far. */
  readonly through: bigint
}

export interface Committed {
  /** By projection: its checkpoint before this commit. */
  readonly before: ReadonlyMap<string, Position | 'start'>
  /** By projection: streams of this batch that are parked now, and the revision that each waits at. */
  readonly parked: ReadonlyMap<string, ReadonlyMap<StreamName, bigint>>
  /** The streams among them that this commit parked. */
  readonly newlyParked: ReadonlyArray<ParkedStream>
}

export interface Checkpoint {
  readonly projection: string
  readonly partition: number
  readonly position: Position | 'start'
}

export interface ProjectionStoreUnavailable {
  readonly _tag: 'ProjectionStoreUnavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

/** The checkpoint is not where the caller believes: the partition must be taken up again after `resumeAfter`. */
export interface CheckpointMoved {
  readonly _tag: 'CheckpointMoved'
  readonly reason: string
}

export type Released =
  | { readonly _tag: 'Released' }
  /** What came before this event was applied; the stream waits there now. */
  | { readonly _tag: 'ParkedAgain'; readonly parked: ParkedStream }

export type ReleaseError = ProjectionStoreUnavailable | { readonly _tag: 'NotParked'; readonly projection: string; readonly stream: StreamName }

/** A table of a rebuilt read model beside the live one; rows that only one of them has, counted as often as they lie there. */
export interface TableComparison {
  readonly projection: string
  readonly table: string
  readonly liveRows: number
  readonly rebuiltRows: number
  readonly onlyLive: number
  readonly onlyRebuilt: number
}

export interface RebuildEnd {
  readonly comparisons: ReadonlyArray<TableComparison>
  readonly swapped: boolean
}

/** Read models that are filled anew beside the live ones; nobody reads them before the swap. */
export interface Rebuild {
  /** Where the read models stand that are to be replaced: of the same version, else of the older one that is live. */
  readonly live: () => TaskEither<ProjectionStoreUnavailable, ReadonlyArray<Checkpoint>>
  /** Applies further events, in log order. Poison parks its stream as in `commit`, for the rebuilt read model alone. */
  readonly fill: (steps: Steps) => TaskEither<ProjectionStoreUnavailable, void>
  /**
   * Holds the live read models where they are, applies what `remaining` gives up to exactly their checkpoints, compares
   * every table row by row, and lets the rebuilt ones take the place of the live ones with their parked streams, all in
   * one transaction: a query or projector sees the one or the other. `when-equal` swaps only without differences, `never`
   * only compares. A new version is not compared and takes over the checkpoints of the old one, which is dropped. Ends
   * the rebuild in any case; what did not become live is dropped.
   */
  readonly finish: (end: {
    readonly remaining: (live: ReadonlyArray<Checkpoint>) => AsyncIterable<Steps>
    readonly swap: 'when-equal' | 'always' | 'never'
  }) => TaskEither<ProjectionStoreUnavailable, RebuildEnd>
  /** Drops what was filled; idempotent. */
  readonly abandon: () => Promise<void>
}

export type RebuildError =
  | ProjectionStoreUnavailable
  | { readonly _tag: 'RebuildUnderWay' }
  | { readonly _tag: 'NothingLive'; readonly projection: string }

/**
 * Read models with their checkpoints, one a projection and partition, and the streams parked for them.
 *
 * A change of the feed's number of partitions is noticed at `resumeAfter`: all partitions then go on from the low
 * watermark, so events repeat and none is skipped.
 */
export interface ProjectionStore {
  /** The position after which a partition goes on: the earliest checkpoint of its projections. Makes missing checkpoints. */
  readonly resumeAfter: (partition: number, partitions: number) => TaskEither<ProjectionStoreUnavailable, Position | 'start'>

  /**
   * Applies a batch to every read model and moves their checkpoints, all in one transaction.
   *
   * Idempotence: what lies at or before a projection's own checkpoint is dropped, so a batch may come again, also from
   * a second projector of the same partition: one of them writes. Order: a batch that leaves a gap after a checkpoint,
   * or was split otherwise, is refused as `CheckpointMoved`. Durability: a crash of the database may lose the newest
   * commits, never their order; the gap is then noticed so.
   * Poison: an event whose step is a reason, or whose writes fail although the store works, is remembered with the reason
   * and its stream is parked for that projection; other streams and projections go on. Later events of a parked
   * stream are held back, skipped events dropped.
   * Errors: nothing was applied, or the outcome is unknown: commit again.
   */
  readonly commit: (batch: ProjectedBatch) => TaskEither<ProjectionStoreUnavailable | CheckpointMoved, Committed>

  readonly checkpoints: () => TaskEither<ProjectionStoreUnavailable, ReadonlyArray<Checkpoint>>

  /** Oldest first. */
  readonly parked: () => TaskEither<ProjectionStoreUnavailable, ReadonlyArray<ParkedStream>>

  /**
   * Unparks a stream in one transaction, applying what was held back: `heldBack` is asked for the revisions [from, to] of
   * the stream, in order. With `skip` the event that it waits at is left out for ever, in rebuilds too, and the reason is kept.
   */
  readonly release: (
    projection: string,
    stream: StreamName,
    skip: string | undefined,
    heldBack: (from: bigint, to: bigint) => AsyncIterable<ReadonlyArray<Step>>,
  ) => TaskEither<ReleaseError, Released>

  /** Begins empty read models beside the live ones; what an interrupted rebuild left is dropped. One rebuild at a time. */
  readonly startRebuild: (projections: ReadonlyArray<string>, partitions: number) => TaskEither<RebuildError, Rebuild>
}
