import * as O from 'fp-ts/lib/Option.js'
import type { EventStore, StreamName } from '../../events/event-store.js'
import type { Feed } from '../../projections/ports.js'
import { startLane, type Lane } from '../feed/lane.js'
import { partitionOf } from '../feed/partition.js'
import { isWithin, lowest, type Place } from '../feed/places.js'
import { untilDone } from '../feed/until-done.js'
import { ignoreProblem, type OnProblem } from '../problem.js'
import { turns } from './turns.js'

export interface CatchUpFeedOptions {
  readonly eventStore: EventStore
  readonly partitions: number
  readonly onProblem?: OnProblem
}

type ConsumeOptions = Parameters<Feed['consume']>[0]

/** How long a partition that has no events is told nothing while others move on. */
const IDLE_PARTITION_INTERVAL_MS = 200

interface Partition {
  readonly resumedAfter: Place
  readonly lane: Lane<undefined>
}

/** The partitions as far as they have come; none when the signal aborted before all had said. */
const openPartitions = async (
  count: number, options: ConsumeOptions, signal: AbortSignal, onProblem: OnProblem,
): Promise<ReadonlyArray<Partition> | undefined> => {
  const failed = (doing: string) => (error: unknown) => onProblem({ where: 'feed', doing, error })
  const asked = Array.from({ length: count }, (_, partition) =>
    untilDone(() => options.resumeAfter(partition), signal, failed(`asking where partition ${partition} of ${options.group} goes on`)))
  const places = (await Promise.all(asked)).flatMap((place) => (O.isSome(place) ? [place.value] : []))
  if (places.length < count) return undefined
  return places.map((resumedAfter, partition) => {
    const handle: Parameters<typeof startLane>[0]['handle'] = (batch) => options.handle({ partition, ...batch })
    const onFailure = failed(`handling a batch of partition ${partition} of ${options.group}`)
    return { resumedAfter, lane: startLane({ after: resumedAfter, maxEvents: options.maxEvents, handle, handled: () => undefined, onFailure, signal }) }
  })
}

/** Hands the log from the lowest place on to its partitions, and tells the idle ones now and then how far it has come. */
const distribute = async (
  eventStore: EventStore, partitions: ReadonlyArray<Partition>, ofStream: (stream: StreamName) => number, signal: AbortSignal,
): Promise<void> => {
  let [position, caughtUp]: [Place, boolean] = [lowest(partitions.map(({ resumedAfter }) => resumedAfter)), false]
  let timer: NodeJS.Timeout | undefined
  const tellIdle = () => {
    timer = undefined
    for (const { lane } of partitions) {
      if (!isWithin(position, lane.reached())) lane.add({ event: undefined, through: position, caughtUp, mark: undefined })
    }
  }
  try {
    for await (const item of eventStore.follow(position, signal)) {
      position = item.position
      if ('id' in item) {
        const lane = partitions[ofStream(item.stream)]?.lane
        lane?.add({ event: item, through: position, caughtUp, mark: undefined })
        timer ??= setTimeout(tellIdle, IDLE_PARTITION_INTERVAL_MS)
        if (lane?.isFull() === true) await lane.room()
      } else {
        caughtUp = true
        for (const { lane } of partitions) lane.add({ event: undefined, through: position, caughtUp, mark: undefined })
      }
    }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Projections' feed straight from the log: one `follow` a consumer, split by stream; what lies in memory is bounded, and a
 * partition that is full holds up the reading for all.
 *
 * Group: within this feed one consumer of a group has all partitions and the next takes over when it ends. Processes know
 * nothing of one another here: each consumer delivers everything, and it is the checkpoint, moved in the transaction of
 * the writes, that lets only one of two apply a batch.
 * Idle partitions are told of progress after at most 200 ms. An empty log delivers nothing, since it has no position.
 */
export const catchUpFeed = ({ eventStore, partitions, onProblem = ignoreProblem }: CatchUpFeedOptions): Feed => {
  const ofStream = (stream: StreamName): number => partitionOf(stream, partitions)
  const inTurn = turns()

  const run = async (options: ConsumeOptions): Promise<void> => {
    const ended = new AbortController()
    const signal = AbortSignal.any([options.signal, ended.signal])
    const opened = await openPartitions(partitions, options, signal, onProblem)
    if (opened === undefined) return
    try {
      await distribute(eventStore, opened, ofStream, signal)
    } finally {
      ended.abort()
      await Promise.all(opened.map(({ lane }) => lane.ended))
    }
  }
  return { partitions, partitionOf: ofStream, consume: (options) => inTurn(options.group, options.signal, () => run(options)) }
}
