import kafkajs, { type Admin } from 'kafkajs'
import { kafkaClient, type KafkaConnection } from './client.js'

// Names of topics and groups are persisted for ever.
export const eventsTopic = (prefix: string): string => `${prefix}tidings.events.v1`
export const consumerGroup = (prefix: string, group: string): string => `${prefix}tidings.${group}`
export const tailGroup = (prefix: string, id: string): string => `${prefix}tidings.relay-tail.${id}`

export interface TopicSettings {
  /** Put before the names of topics and groups. */
  readonly prefix: string
  /** Fixed once the topic is there. */
  readonly partitions: number
  /** Copies of each partition; default 1. */
  readonly replicas?: number
  /** Copies that must have a record before it is acknowledged; default 1. Must not exceed `replicas`. */
  readonly minInSyncReplicas?: number
}

/** Somebody made the topic otherwise than the settings say: streams would lie in other partitions, or records would vanish. */
export class TopicMismatch extends Error {
  override readonly name = 'TopicMismatch'
}

const LARGEST_BATCH_BYTES = 1_048_576

const KEPT_FOR_EVER = [
  { name: 'cleanup.policy', value: 'delete' },
  { name: 'retention.ms', value: '-1' },
  { name: 'retention.bytes', value: '-1' },
] as const

const create = async (admin: Admin, topic: string, { partitions, replicas = 1, minInSyncReplicas = 1 }: TopicSettings): Promise<void> => {
  const configEntries = [
    ...KEPT_FOR_EVER,
    { name: 'min.insync.replicas', value: String(minInSyncReplicas) },
    { name: 'max.message.bytes', value: String(LARGEST_BATCH_BYTES) },
  ]
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: partitions, replicationFactor: replicas, configEntries }] })
}

const check = async (admin: Admin, topic: string, partitions: number): Promise<void> => {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
  const found = topics[0]?.partitions.length
  if (found !== partitions) throw new TopicMismatch(`${topic} has ${found} partitions, the settings say ${partitions}`)
  const configNames = KEPT_FOR_EVER.map(({ name }) => name)
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames }] })
  const entries = resources[0]?.configEntries ?? []
  for (const { name, value } of KEPT_FOR_EVER) {
    const entry = entries.find(({ configName }) => configName === name)
    if (entry !== undefined && entry.configValue !== value) throw new TopicMismatch(`${topic} has ${name}=${entry.configValue}, not ${value}`)
  }
}

/**
 * Makes the events topic unless it is there. Idempotent, also when two do it at once.
 * Rejects with `TopicMismatch` for one with another number of partitions or one that forgets records; with kafkajs' errors
 * while no broker answers.
 */
export const ensureEventsTopic = async (connection: KafkaConnection, settings: TopicSettings): Promise<void> => {
  const topic = eventsTopic(settings.prefix)
  const admin = kafkaClient(connection).admin()
  try {
    await admin.connect()
    await create(admin, topic, settings)
    await check(admin, topic, settings.partitions)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
