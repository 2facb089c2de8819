import { Partitioners } from 'kafkajs'
import { expect, it } from 'vitest'
import { kafkaClient } from '../../adapters/kafka/client.js'
import { kafkaFeed } from '../../adapters/kafka/feed.js'
import { startRelay } from '../../adapters/kafka/relay.js'
import { eventsTopic } from '../../adapters/kafka/topics.js'
import { memoryEventStore } from '../../adapters/memory/event-store.js'
import type { OnProblem } from '../../adapters/problem.js'
import type { Position, RecordedEvent } from '../../events/event-store.js'
import type { Feed, FeedBatch } from '../../projections/ports.js'
import { describeWith, freshTopicPrefix } from '../support/services/index.js'
import { until } from '../support/until.js'
import { appended, aStream, events, wholeStream } from './event-store/subject.js'
import { feedContract, type OpenFeed } from './feed/index.js'
import { label, startConsumer, streamIn } from './feed/subject.js'

const PARTITIONS = 4

const overKafka = (url: string, onProblem: OnProblem = () => undefined): OpenFeed & { readonly prefix: string } => {
  const topic = { prefix: freshTopicPrefix(), partitions: PARTITIONS }
  const connection = { brokers: url.split(',') }
  const store = memoryEventStore()
  const relay = startRelay({ eventStore: store, connection, topic, onProblem })
  const feed = () => kafkaFeed({ connection, topic, onProblem })
  return { store, feed: feed(), elsewhere: feed(), prefix: topic.prefix, close: () => relay.stop().then(store.close) }
}

describeWith(['kafka'], 'Kafka', ({ kafka }) => {
  feedContract('Kafka through the relay', async () => overKafka(kafka.url))

  it('stops a partition loudly at a record that nobody can read; the others go on', async () => {
    const problems: string[] = []
    const { store, feed, prefix, close } = overKafka(kafka.url, ({ doing, error }) => problems.push(`${doing} ${JSON.stringify(error)}`))
    const [before, elsewhere] = [streamIn(feed, 1), streamIn(feed, 2)]
    const consumer = startConsumer(feed)
    await appended(store, before, 'no-stream', events(2))
    await until(() => consumer.seen([before]).length === 2, 30_000)

    const producer = kafkaClient({ brokers: kafka.url.split(',') }).producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    await producer.send({ topic: eventsTopic(prefix), messages: [{ partition: 1, key: before, value: '{"not":"ours"}' }] })
    await producer.disconnect()
    await until(() => problems.some((problem) => /partition 1.*RecordMalformed/.test(problem)), 30_000)

    await appended(store, before, 'any', events(1))
    await appended(store, elsewhere, 'no-stream', events(3))
    await until(() => consumer.seen([elsewhere]).length === 3, 30_000)
    expect(consumer.seen([before])).toHaveLength(2)
    await consumer.stop()
    await close()
  })

  it('skips nothing while members join and leave under load; the checkpoint leaves out what repeats', async () => {
    const { store, feed, elsewhere, close } = overKafka(kafka.url)
    const [group, streams, done] = ['rebalanced', Array.from({ length: 16 }, () => aStream()), new AbortController()]
    const [reached, applied] = [new Map<number, Position>(), Array<RecordedEvent>()]
    const handle = async ({ partition, events: delivered, through }: FeedBatch) => {
      await new Promise(setImmediate)
      const checkpoint = reached.get(partition) ?? ''
      applied.push(...delivered.filter(({ position }) => position > checkpoint))
      if (through > checkpoint) reached.set(partition, through)
    }
    const member = (of: Feed) => startConsumer(of, { group, handle, resumeAfter: async (partition) => reached.get(partition) ?? 'start' })
    const writing = (async () => {
      for (let round = 0; !done.signal.aborted; round += 1) {
        await appended(store, streams[round % streams.length] ?? aStream(), 'any', events(3))
        await new Promise(setImmediate)
      }
    })()
    const members = [member(feed)]
    for (let round = 0; round < 4; round += 1) {
      const before = applied.length
      await until(() => applied.length > before + 100, 30_000)
      members.push(member(elsewhere))
      await until(() => members.at(-1)?.batches.length !== 0, 30_000)
      await members.shift()?.stop()
    }
    done.abort()
    await writing
    const stored = await Promise.all(streams.map((stream) => wholeStream(store, stream)))
    await until(() => applied.length === stored.flat().length, 30_000)
    await Promise.all(members.map(({ stop }) => stop()))
    streams.forEach((stream, index) => expect(applied.filter((event) => event.stream === stream).map(label)).toEqual(stored[index]?.map(label)))
    await close()
  })

  it('hands an event on within milliseconds of the append', async () => {
    const { store, feed, close } = overKafka(kafka.url)
    const consumer = startConsumer(feed)
    await appended(store, aStream(), 'no-stream', events(1))
    await until(() => consumer.seen().length === 1, 30_000)
    const tookMs: number[] = []
    for (let count = 2; count < 102; count += 1) {
      const began = performance.now()
      await appended(store, aStream(), 'no-stream', events(1))
      while (consumer.seen().length < count) await new Promise(setImmediate)
      tookMs.push(performance.now() - began)
    }
    const median = tookMs.toSorted((one, other) => one - other)[50] ?? Infinity
    expect(median).toBeLessThan(50)
    await consumer.stop()
    await close()
  })
})
