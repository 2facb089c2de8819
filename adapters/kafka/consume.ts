import type { Consumer } from 'kafkajs'
import { withinTime } from '../../platform/within-time.js'
import type { OnProblem } from '../problem.js'
import type { ConsumeOptions } from './assignment.js'
import { kafkaClient, type KafkaConnection } from './client.js'
import { consumerShare, type Share } from './share.js'
import { consumerGroup, eventsTopic, type TopicSettings } from './topics.js'

const HEARTBEAT_INTERVAL_MS = 500
/** After this long without a heartbeat the partitions go to others. */
const SESSION_TIMEOUT_MS = 6_000
const REBALANCE_TIMEOUT_MS = 10_000
/** A fetch returns as soon as there is a record; heartbeats and rebalances wait for it at most this long. */
const FETCH_WAIT_MS = 200
const COMMIT_INTERVAL_MS = 1_000
/** kafkajs may stop fetching without a word: a consumer that is silent this long is replaced. */
const SILENCE_MS = 30_000
const DISCONNECT_TIMEOUT_MS = 2_000

export interface ConsumerSource {
  readonly connection: KafkaConnection
  readonly topic: TopicSettings
  readonly onProblem: OnProblem
}

/** Resolves when the signal aborts; rejects when the consumer has crashed or fallen silent. Has listeners on the consumer for good. */
const untilOver = (consumer: Consumer, signal: AbortSignal): { readonly over: Promise<void>; readonly release: () => void } => {
  const { FETCH, HEARTBEAT, GROUP_JOIN, CRASH } = consumer.events
  let watch: NodeJS.Timeout | undefined
  let finish: () => void = () => undefined
  const over = new Promise<void>((resolve, reject) => {
    finish = resolve
    signal.addEventListener('abort', finish)
    if (signal.aborted) finish()
    watch = setTimeout(() => reject(new Error(`the consumer has been silent for ${SILENCE_MS} ms`)), SILENCE_MS)
    for (const event of [FETCH, HEARTBEAT, GROUP_JOIN] as const) consumer.on(event, () => { watch?.refresh() })
    consumer.on(CRASH, ({ payload }) => reject(payload.error))
  })
  // It may be rejected before anybody waits for it.
  over.catch(() => undefined)
  const release = () => {
    clearTimeout(watch)
    signal.removeEventListener('abort', finish)
  }
  return { over, release }
}

const start = async (consumer: Consumer, topic: string, share: Share): Promise<void> => {
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => share.assign(payload.memberAssignment[topic] ?? []))
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({ autoCommit: false, eachBatch: async (payload) => share.take(payload) })
}

/** kafkajs waits for a broker that is gone; what is left of the consumer then does nothing any more. */
const disconnected = (connected: { readonly disconnect: () => Promise<void> }): Promise<void> =>
  withinTime(connected.disconnect(), DISCONNECT_TIMEOUT_MS).catch(() => undefined)

/**
 * Consumes as one member of the group until the signal aborts; rejects when this consumer cannot go on. What is being
 * handled is awaited in both cases. Handling happens beside the fetching, so heartbeats go on however long it takes.
 */
export const consumeAsMember = async ({ connection, topic, onProblem }: ConsumerSource, options: ConsumeOptions): Promise<void> => {
  const [groupId, name] = [consumerGroup(topic.prefix, options.group), eventsTopic(topic.prefix)]
  const admin = kafkaClient(connection).admin()
  const consumer = kafkaClient(connection, 'many').consumer({
    groupId, heartbeatInterval: HEARTBEAT_INTERVAL_MS, sessionTimeout: SESSION_TIMEOUT_MS, rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS, minBytes: 1, allowAutoTopicCreation: false, retry: {},
  })
  const share = consumerShare({ consumer, admin, topic: name, groupId, options, onProblem })
  const { over, release } = untilOver(consumer, options.signal)
  const committing = setInterval(() => void share.commit(), COMMIT_INTERVAL_MS)
  try {
    await admin.connect()
    await Promise.race([start(consumer, name, share), over])
    await over
  } finally {
    release()
    clearInterval(committing)
    await share.end()
    await share.commit()
    await Promise.all([disconnected(consumer), disconnected(admin)])
  }
}
