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
