import * as E from 'fp-ts/lib/Either.js'
import type { Admin, KafkaMessage } from 'kafkajs'
import type { Position } from '../../events/event-store.js'
import type { Feed } from '../../projections/ports.js'
import { startLane, type Lane } from '../feed/lane.js'
import { furthest, isWithin, type Place } from '../feed/places.js'
import { readRecord, type RecordMalformed } from './record.js'

export type ConsumeOptions = Parameters<Feed['consume']>[0]

/** Where a partition is read from, and the offset that will be the first after what was there when it was opened. */
export interface Start {
  readonly offset: number
  readonly head: number
}

interface Committed {
  readonly offset: number
  readonly through: Place
}

/**
 * Where to read a partition so that everything after `resumeAfter` is read. The offset committed last holds only if what was
 * consumed before it lies within: a consumer that begins anew (a restored database, a rebuilt read model) reads from the first record.
 */
const startAt = (low: number, head: number, committed: Committed | undefined, resumeAfter: Place): Start => {
  const holds = committed !== undefined && committed.offset >= low && committed.offset <= head && isWithin(committed.through, resumeAfter)
  return { offset: holds ? committed.offset : low, head }
}

/** The starts of all partitions of a topic, by partition. `resumeAfter` names the partitions that are asked for. */
export const startsOf = async (
  admin: Pick<Admin, 'fetchTopicOffsets' | 'fetchOffsets'>, topic: string, groupId: string, resumeAfter: ReadonlyMap<number, Place>,
): Promise<ReadonlyMap<number, Start>> => {
  const [ends, [group]] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId, topics: [topic] })])
  const committed = new Map(
    (group?.partitions ?? [])
      .filter(({ offset, metadata }) => Number(offset) >= 0 && metadata !== null && metadata !== '')
      .map(({ partition, offset, metadata }) => [partition, { offset: Number(offset), through: metadata as Position }]),
  )
  return new Map(
    ends.flatMap(({ partition, low, high }) => {
      const after = resumeAfter.get(partition)
      return after === undefined ? [] : [[partition, startAt(Number(low), Number(high), committed.get(partition), after)]]
    }),
  )
}

/** One partition while it is assigned to this consumer. */
export interface OpenPartition {
  /**
   * Takes records as they were fetched. `from`: the fetch left something out, read on from that offset. `malformed`: a record that
   * nobody can read; what lies before it is handed on, nothing after it.
   */
  readonly take: (records: ReadonlyArray<KafkaMessage>) => { readonly from?: number; readonly malformed?: RecordMalformed }
  readonly lane: Lane<number>
}

export interface OpenPartitionOptions extends Pick<ConsumeOptions, 'handle' | 'maxEvents'> {
  readonly partition: number
  readonly resumeAfter: Place
  readonly start: Start
  readonly handled: (nextOffset: number, through: Place) => void
  readonly onFailure: (error: unknown) => void
  readonly signal: AbortSignal
}

export const openPartition = (options: OpenPartitionOptions): OpenPartition => {
  const { partition, resumeAfter, start, maxEvents, handled, onFailure, signal } = options
  const lane = startLane<number>({ after: resumeAfter, maxEvents, handle: (batch) => options.handle({ partition, ...batch }), handled, onFailure, signal })
  let next = start.offset
  let hole: number | undefined
  const add = (step: { readonly event: Parameters<typeof lane.add>[0]['event']; readonly through: Place }) =>
    lane.add({ ...step, caughtUp: next >= start.head, mark: next })

  const take: OpenPartition['take'] = (records) => {
    const first = Number(records[0]?.offset ?? next)
    // A fetch from before the partition was opened may end after it; a hole that is read twice is one in the topic.
    if (first > next && hole !== first) {
      hole = first
      return { from: next }
    }
    for (const record of records) {
      const read = readRecord(record)
      if (E.isLeft(read)) return { malformed: read.left }
      const { event, watermark } = read.right
      next = Math.max(next, Number(record.offset) + 1)
      add({ event, through: furthest('start', event?.position, watermark) })
    }
    return {}
  }
  add({ event: undefined, through: resumeAfter })
  return { take, lane }
}
