import { uuidv7 } from 'uuidv7'
import type { EventStore, Position, RecordedEvent, StreamName } from '../../../events/event-store.js'
import type { Feed, FeedBatch } from '../../../projections/ports.js'

/** A feed under test over a log of its own, which other tests of the suite write to as well. */
export interface OpenFeed {
  readonly store: EventStore
  /** With more than one partition. */
  readonly feed: Feed
  /** Another process's view of the same feed. */
  readonly elsewhere: Feed
  readonly close: () => Promise<void>
}

export type Subject = () => OpenFeed

export interface Consumer {
  readonly batches: ReadonlyArray<FeedBatch>
  /** What was handled of these streams, or of all, in the order of arrival. */
  readonly seen: (streams?: ReadonlyArray<StreamName>) => ReadonlyArray<RecordedEvent>
  /** The last place that the partition was told. */
  readonly through: (partition: number) => Position | 'start'
  readonly ended: Promise<void>
  /** Aborts, and resolves when consuming has ended. */
  readonly stop: () => Promise<void>
}

type Options = Parameters<Feed['consume']>[0]

/** Consumes in the background under a group of its own; keeps each batch once `handle` has resolved. */
export const startConsumer = (feed: Feed, options: Partial<Options> = {}): Consumer => {
  const abort = new AbortController()
  const batches: FeedBatch[] = []
  const handle = async (batch: FeedBatch): Promise<void> => {
    await options.handle?.(batch)
    batches.push(batch)
  }
  const ended = feed.consume({
    group: options.group ?? uuidv7(),
    resumeAfter: options.resumeAfter ?? (async () => 'start'),
    maxEvents: options.maxEvents ?? 100,
    signal: abort.signal,
    handle,
  })
  ended.catch(() => undefined)
  const seen = (streams?: ReadonlyArray<StreamName>) => {
    const wanted = streams && new Set(streams)
    return batches.flatMap(({ events }) => events).filter(({ stream }) => wanted === undefined || wanted.has(stream))
  }
  const through = (partition: number) => batches.findLast((batch) => batch.partition === partition)?.through ?? 'start'
  const stop = () => {
    abort.abort()
    return ended
  }
  return { batches, seen, through, ended, stop }
}

export const partitionsOf = (feed: Feed): ReadonlyArray<number> => Array.from({ length: feed.partitions }, (_, partition) => partition)

/** A new stream that lies in this partition. */
export const streamIn = (feed: Feed, partition: number): StreamName => {
  for (;;) {
    const stream = `conversation-${uuidv7()}` as StreamName
    if (feed.partitionOf(stream) === partition) return stream
  }
}

/** Where a projection is in each partition, as the transaction of its writes would keep it. */
export const checkpoints = () => {
  const reached = new Map<number, Position>()
  return {
    resumeAfter: async (partition: number): Promise<Position | 'start'> => reached.get(partition) ?? 'start',
    handle: async ({ partition, through }: FeedBatch): Promise<void> => void reached.set(partition, through),
  }
}

export const label = ({ stream, revision }: RecordedEvent): string => `${stream} ${revision}`
