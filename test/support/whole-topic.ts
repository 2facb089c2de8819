import { randomUUID } from 'node:crypto'
import type { KafkaMessage } from 'kafkajs'
import { kafkaClient, type KafkaConnection } from '../../adapters/kafka/client.js'
import { until } from './until.js'

export type TopicRecord = KafkaMessage & { readonly partition: number }

/** Every record that is in the topic now, by partition and offset. */
export const wholeTopic = async (connection: KafkaConnection, topic: string): Promise<ReadonlyArray<TopicRecord>> => {
  const kafka = kafkaClient(connection)
  const [admin, consumer] = [kafka.admin(), kafka.consumer({ groupId: `whole-topic-${randomUUID()}`, maxWaitTimeInMs: 100 })]
  const records: TopicRecord[] = []
  try {
    await admin.connect()
    const ends = await admin.fetchTopicOffsets(topic)
    const left = new Set(ends.filter(({ low, high }) => low !== high).map(({ partition, high }) => `${partition} ${BigInt(high) - 1n}`))
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    const take = async ({ partition, message }: { readonly partition: number; readonly message: KafkaMessage }) => {
      records.push({ ...message, partition })
      left.delete(`${partition} ${message.offset}`)
    }
    await consumer.run({ autoCommit: false, eachMessage: take })
    await until(() => left.size === 0, 60_000)
  } finally {
    await consumer.disconnect()
    await admin.disconnect()
  }
  return records.toSorted((one, other) => one.partition - other.partition || Number(one.offset) - Number(other.offset))
}
