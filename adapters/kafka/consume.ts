import { setTimeout as after } from 'node:timers/promises'
import type { Consumer } from 'kafkajs'
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
const DISCONNECT_TIMEOUT_MS = 5_000

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

const withinTime = (work: Promise<unknown>): Promise<unknown> => {
  const giveUp = new AbortController()
  const settled = work.catch(() => undefined).finally(() => giveUp.abort())
  return Promise.race([settled, after(DISCONNECT_TIMEOUT_MS, undefined, { signal: giveUp.signal, ref: false }).catch(() => undefined)])
}

/**
 * Consumes as one member of the group until the signal aborts; rejects when this consumer cannot go on. What is being
 * handled is awaited in both cases. Handling happens beside the fetching, so heartbeats go on however long it takes.
 */
export const consumeAsMember = async ({ connection, topic, onProblem }: ConsumerSource, options: ConsumeOptions): Promise<void> => {
  const [groupId, name] = [consumerGroup(topic.prefix, options.group), eventsTopic(topic.prefix)]
  const kafka = kafkaClient(connection)
  const admin = kafka.admin()
  const consumer = kafka.consumer({
    groupId, heartbeatInterval: HEARTBEAT_INTERVAL_MS, sessionTimeout: SESSION_TIMEOUT_MS, rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS, minBytes: 1, allowAutoTopicCreation: false,
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
    await Promise.all([withinTime(consumer.disconnect()), withinTime(admin.disconnect())])
  }
}
