import { uuidv7 } from 'uuidv7'
import type { Consumer, KafkaMessage } from 'kafkajs'
import { furthest, lowest, type Place } from '../feed/places.js'
import { kafkaClient, type KafkaConnection } from './client.js'
import { positionOf, watermarkOf } from './record.js'
import { eventsTopic, tailGroup, type TopicSettings } from './topics.js'

const TIME_LIMIT_MS = 10_000
const FETCH_WAIT_MS = 100

/** Partition → offset. */
type Offsets = ReadonlyMap<number, string>

const readAt = async (consumer: Consumer, topic: string, offsets: Offsets, take: (partition: number, record: KafkaMessage) => void): Promise<void> => {
  consumer.on(consumer.events.GROUP_JOIN, () => offsets.forEach((offset, partition) => consumer.seek({ topic, partition, offset })))
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  await consumer.run({ autoCommit: false, eachMessage: async ({ partition, message }) => take(partition, message) })
}

/** The record at each of these offsets. Rejects when they do not arrive in time. */
const recordsAt = async (consumer: Consumer, topic: string, offsets: Offsets): Promise<ReadonlyArray<KafkaMessage>> => {
  const found = new Map<number, KafkaMessage>()
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`the ends of ${topic} did not arrive within ${TIME_LIMIT_MS} ms`)), TIME_LIMIT_MS)
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
      const take = (partition: number, record: KafkaMessage) => {
        if (record.offset === offsets.get(partition)) found.set(partition, record)
        if (found.size === offsets.size) resolve()
      }
      readAt(consumer, topic, offsets, take).catch(reject)
    })
    return [...found.values()]
  } finally {
    clearTimeout(timer)
    await consumer.disconnect().catch(() => undefined)
  }
}

/**
 * Up to where every partition has its events, by its own last record: the event itself and the watermark that it carries
 * (ADR 11, 13). Nothing that one partition says is believed of another, since a broker that failed may have lost the end of some.
 * Reads one record a partition, under a consumer group of its own that is removed afterwards. Rejects when Kafka does not answer.
 */
export const endOfTopic = async (connection: KafkaConnection, settings: TopicSettings): Promise<Place> => {
  const topic = eventsTopic(settings.prefix)
  const groupId = tailGroup(settings.prefix, uuidv7())
  const kafka = kafkaClient(connection)
  const admin = kafka.admin()
  try {
    await admin.connect()
    const ends = await admin.fetchTopicOffsets(topic)
    const offsets = new Map(ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => [partition, String(BigInt(high) - 1n)]))
    if (offsets.size < ends.length) return 'start'
    const records = await recordsAt(kafka.consumer({ groupId, maxWaitTimeInMs: FETCH_WAIT_MS }), topic, offsets)
    await admin.deleteGroups([groupId]).catch(() => undefined)
    return lowest(records.map((record) => furthest('start', watermarkOf(record), positionOf(record))))
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
