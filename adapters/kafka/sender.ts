import { Partitioners, type Message, type Producer } from 'kafkajs'
import { kafkaClient, type KafkaConnection } from './client.js'

export interface Sender {
  /**
   * Sends the records to their partitions, in this order, after all that was sent before; resolves when all in-sync replicas have them.
   * Rejects when that is not known: some of them may be there, so send them all again.
   */
  readonly send: (records: ReadonlyArray<Message>) => Promise<void>
  readonly close: () => Promise<void>
}

const ALL_IN_SYNC_REPLICAS = -1

const connect = async (connection: KafkaConnection): Promise<Producer> => {
  const producer = kafkaClient(connection).producer({
    idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner,
  })
  try {
    await producer.connect()
    return producer
  } catch (error) {
    await producer.disconnect().catch(() => undefined)
    throw error
  }
}

/**
 * Sends to one topic, one request at a time (kafkajs' idempotent producer breaks its sequence numbers otherwise). A producer
 * that failed once is not used again, since it does not know its sequence any more: the next sending makes a new one.
 */
export const topicSender = (connection: KafkaConnection, topic: string): Sender => {
  let producer: Producer | undefined
  let last: Promise<unknown> = Promise.resolve()

  const disconnect = async (): Promise<void> => {
    const leaving = producer
    producer = undefined
    await leaving?.disconnect().catch(() => undefined)
  }
  const attempt = async (records: ReadonlyArray<Message>): Promise<void> => {
    producer ??= await connect(connection)
    try {
      await producer.send({ topic, acks: ALL_IN_SYNC_REPLICAS, messages: [...records] })
    } catch (error) {
      await disconnect()
      throw error
    }
  }
  const send = (records: ReadonlyArray<Message>): Promise<void> => {
    const mine = last.then(() => attempt(records))
    last = mine.catch(() => undefined)
    return mine
  }
  return { send, close: () => last.then(disconnect) }
}
