import * as O from 'fp-ts/lib/Option.js'
import type { EventStore } from '../../events/event-store.js'
import { startLane, type Lane, type LaneBatch } from '../feed/lane.js'
import { partitionOf } from '../feed/partition.js'
import { furthest, isWithin, type Place } from '../feed/places.js'
import { untilDone } from '../feed/until-done.js'
import { ignoreProblem, type OnProblem } from '../problem.js'
import type { KafkaConnection } from './client.js'
import { endOfTopic } from './end-of-topic.js'
import { recordOf, tickOf } from './record.js'
import { topicSender, type Sender } from './sender.js'
import { ensureEventsTopic, eventsTopic, type TopicSettings } from './topics.js'

export interface RelayOptions {
  readonly eventStore: EventStore
  readonly connection: KafkaConnection
  readonly topic: TopicSettings
  readonly onProblem?: OnProblem
}

export interface Relay {
  /** Everything up to there is in the topic. */
  readonly watermark: () => Place
  /** Resolves when nothing is being sent any more and all connections are closed; idempotent. */
  readonly stop: () => Promise<void>
}

const BATCH_EVENTS = 500
/** How long a partition that gets no events is not told how far the others have come. A told partition costs a record for ever. */
const TICK_INTERVAL_MS = 250

interface Announcements {
  readonly send: (batch: LaneBatch) => Promise<void>
  readonly watermark: () => Place
}

/** Sends events with the watermark before them, and now and then the watermark alone to partitions that do not know it. */
const announcements = (
  sender: Sender, partitions: number, start: Place, signal: AbortSignal, onTickFailure: (error: unknown) => void,
): Announcements => {
  const told = Array.from({ length: partitions }, (): Place => 'start')
  let watermark = start
  let timer: NodeJS.Timeout | undefined

  const tell = (partition: number, place: Place) => { told[partition] = furthest(told[partition] ?? 'start', place) }
  const untold = () => told.flatMap((place, partition) => (isWithin(watermark, place) ? [] : [partition]))
  const tickSoon = () => {
    if (timer !== undefined || signal.aborted || untold().length === 0) return
    timer = setTimeout(() => void untilDone(tick, signal, onTickFailure).then(() => {
      timer = undefined
      tickSoon()
    }), TICK_INTERVAL_MS)
  }
  const tick = async () => {
    const [ticked, behind] = [watermark, untold()]
    if (ticked === 'start' || behind.length === 0) return
    await sender.send(behind.map((partition) => ({ partition, ...tickOf(ticked) })))
    for (const partition of behind) tell(partition, ticked)
  }
  const send = async ({ events, through }: LaneBatch) => {
    const before = watermark
    const placed = events.map((event) => ({ partition: partitionOf(event.stream, partitions), event }))
    await sender.send(placed.map(({ partition, event }) => ({ partition, ...recordOf(event, before) })))
    for (const { partition, event } of placed) tell(partition, event.position)
    watermark = through
    tickSoon()
  }
  signal.addEventListener('abort', () => clearTimeout(timer))
  tickSoon()
  return { send, watermark: () => watermark }
}

const pump = async (eventStore: EventStore, lane: Lane<undefined>, signal: AbortSignal): Promise<void> => {
  for await (const item of eventStore.follow(lane.reached(), signal)) {
    if (!('id' in item)) continue
    lane.add({ event: item, through: item.position, caughtUp: false, mark: undefined })
    if (lane.isFull()) await lane.room()
  }
}

/**
 * Copies the log to the events topic (docs/kafka.md) until it is stopped; makes the topic if need be.
 *
 * Order: by position within a partition, so by revision within a stream. At least once: it goes on where the topic itself
 * says, so after a crash, or with a second relay beside it, events repeat and none is missing. Whatever fails (Kafka, the
 * store) is told and tried again with back-off.
 */
export const startRelay = ({ eventStore, connection, topic, onProblem = ignoreProblem }: RelayOptions): Relay => {
  const stopped = new AbortController()
  const { signal } = stopped
  const failed = (doing: string) => (error: unknown) => onProblem({ where: 'relay', doing, error })
  let watermark = (): Place => 'start'

  const relay = async (): Promise<void> => {
    const made = await untilDone(() => ensureEventsTopic(connection, topic), signal, failed('making the topic'))
    if (O.isNone(made)) return
    const start = await untilDone(() => endOfTopic(connection, topic), signal, failed('asking the topic where to go on'))
    if (O.isNone(start)) return
    const sender = topicSender(connection, eventsTopic(topic.prefix))
    const out = announcements(sender, topic.partitions, start.value, signal, failed('sending the watermark'))
    watermark = out.watermark
    const lane = startLane({
      after: start.value, maxEvents: BATCH_EVENTS, handle: out.send, handled: () => undefined, onFailure: failed('sending events'), signal,
    })
    await untilDone(() => pump(eventStore, lane, signal), signal, failed('following the log'))
    await lane.ended
    await sender.close()
  }
  const ended = relay().catch(failed('relaying'))
  return {
    watermark: () => watermark(),
    stop: () => {
      stopped.abort()
      return ended
    },
  }
}
