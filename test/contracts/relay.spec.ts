import { setTimeout as after } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { partitionOf } from '../../adapters/feed/partition.js'
import { kafkaFeed } from '../../adapters/kafka/feed.js'
import { readRecord, tickOf } from '../../adapters/kafka/record.js'
import { startRelay } from '../../adapters/kafka/relay.js'
import { topicSender } from '../../adapters/kafka/sender.js'
import { ensureEventsTopic, eventsTopic } from '../../adapters/kafka/topics.js'
import { memoryEventStore } from '../../adapters/memory/event-store.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import type { EventStore, Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import { limits } from '../../events/limits.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith, freshTopicPrefix, privateKafka, type Breakable } from '../support/services/index.js'
import { until } from '../support/until.js'
import { wholeTopic, type TopicRecord } from '../support/whole-topic.js'
import { aStream, appended, events, eventsOf, wholeStream } from './event-store/subject.js'
import { startConsumer, streamIn } from './feed/subject.js'
import { relayProcesses } from './relay/relay-process.js'

const PARTITIONS = 4

interface Relayed {
  readonly partition: number
  readonly key: string | undefined
  readonly event: RecordedEvent | undefined
  readonly watermark: Position | undefined
}

const read = (record: TopicRecord): Relayed => {
  const { partition, key } = record
  const content = readRecord(record)
  if (E.isLeft(content)) throw new Error(content.left.reason)
  return { partition, key: key?.toString(), ...content.right }
}

const plain = (event: RecordedEvent) => ({
  ...event, data: [...event.data], metadata: [...event.metadata], sealed: event.sealed && [...event.sealed],
})

const sameEvent = (one: RecordedEvent, other: RecordedEvent): boolean => isDeepStrictEqual(plain(one), plain(other))

/** Records whose watermark promises an event of their own partition that does not lie before them. */
const brokenPromises = (records: ReadonlyArray<Relayed>): ReadonlyArray<Relayed> => {
  const positions = [...new Set(records.flatMap(({ event }) => event?.position ?? []))].toSorted()
  let seen = 0
  return records.filter(({ event, watermark }) => {
    const next = positions[seen]
    const isBroken = watermark !== undefined && next !== undefined && next <= watermark
    if (event !== undefined && event.position === next) seen += 1
    return isBroken
  })
}

/** L8: the topic equals the log per key, repeats aside, and every watermark holds in its partition. Answers how many events repeat. */
const expectTopicEqualsLog = async (store: EventStore, streams: ReadonlyArray<StreamName>, brokers: string, prefix: string): Promise<number> => {
  const records = (await wholeTopic({ brokers: brokers.split(',') }, eventsTopic(prefix))).map(read)
  const sent = records.flatMap(({ event, key, partition }) => (event === undefined ? [] : [{ event, key, partition }]))
  expect(sent.filter(({ event, key, partition }) => key !== event.stream || partition !== partitionOf(event.stream, PARTITIONS))).toEqual([])
  const firsts = new Map<string, RecordedEvent>()
  for (const { event } of sent) if (!firsts.has(event.position)) firsts.set(event.position, event)
  expect(sent.filter(({ event }) => !sameEvent(event, firsts.get(event.position) ?? event))).toEqual([])
  for (const stream of streams) {
    const copied = [...firsts.values()].filter((event) => event.stream === stream)
    const stored = await wholeStream(store, stream)
    expect(copied.map(({ revision }) => revision)).toEqual(stored.map(({ revision }) => revision))
    expect(copied.every((event, index) => sameEvent(event, stored[index] ?? event))).toBe(true)
  }
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const positions = [...firsts.values()].filter(({ stream }) => partitionOf(stream, PARTITIONS) === partition).map(({ position }) => position)
    expect(positions).toEqual(positions.toSorted())
    expect(brokenPromises(records.filter((record) => record.partition === partition))).toEqual([])
  }
  return sent.length - firsts.size
}

const steadily = async (store: EventStore, streams: ReadonlyArray<StreamName>, signal: AbortSignal): Promise<Position> => {
  for (let round = 0; ; round += 1) {
    const stream = streams[round % streams.length] ?? aStream()
    const { position } = await appended(store, stream, 'any', events(1 + (round % 9)))
    if (signal.aborted) return position
    await after(3)
  }
}

describeWith(['kafka'], 'the relay', ({ kafka }) => {
  const connection = { brokers: kafka.url.split(',') }
  const fresh = () => ({ store: memoryEventStore(), topic: { prefix: freshTopicPrefix(), partitions: PARTITIONS } })
  const reached = (relay: { readonly watermark: () => Position | 'start' }, position: Position) =>
    until(() => relay.watermark() !== 'start' && relay.watermark() >= position, 30_000)

  it('L8: stopped in mid-send again and again: the topic equals the log per key, nothing missing', async () => {
    const { store, topic } = fresh()
    const [streams, done] = [Array.from({ length: 20 }, () => aStream()), new AbortController()]
    const writing = steadily(store, streams, done.signal)
    for (let round = 0; round < 8; round += 1) {
      const relay = startRelay({ eventStore: store, connection, topic })
      const before = relay.watermark()
      await until(() => relay.watermark() !== before, 30_000)
      await relay.stop()
    }
    done.abort()
    const head = await writing
    const last = startRelay({ eventStore: store, connection, topic })
    await reached(last, head)
    await last.stop()
    await expectTopicEqualsLog(store, streams, kafka.url, topic.prefix)
  })

  it('L8: two relays at once only repeat', async () => {
    const { store, topic } = fresh()
    const streams = Array.from({ length: 10 }, () => aStream())
    for (const stream of streams) await appended(store, stream, 'no-stream', events(40))
    const relays = [startRelay({ eventStore: store, connection, topic }), startRelay({ eventStore: store, connection, topic })]
    const last = await appended(store, streams[0] ?? aStream(), 'any', events(1))
    await Promise.all(relays.map((relay) => reached(relay, last.position)))
    await Promise.all(relays.map(({ stop }) => stop()))
    await expectTopicEqualsLog(store, streams, kafka.url, topic.prefix)
  })

  it('goes on where the topic says: after an idle moment nothing is sent again', async () => {
    const { store, topic } = fresh()
    const stream = aStream()
    const first = startRelay({ eventStore: store, connection, topic })
    const { position } = await appended(store, stream, 'no-stream', events(100))
    await reached(first, position)
    const consumer = startConsumer(kafkaFeed({ connection, topic }))
    await until(() => Array.from({ length: PARTITIONS }, (_, partition) => consumer.through(partition)).every((through) => through === position), 30_000)
    await consumer.stop()
    await first.stop()
    const second = startRelay({ eventStore: store, connection, topic })
    await reached(second, (await appended(store, stream, 'any', events(1))).position)
    await second.stop()
    expect(await expectTopicEqualsLog(store, [stream], kafka.url, topic.prefix)).toBe(0)
  })

  it('L8: believes of no partition what another says: one that lost its end is filled again', async () => {
    const { store, topic } = fresh()
    const streams = Array.from({ length: PARTITIONS }, (_, partition) => streamIn(kafkaFeed({ connection, topic }), partition))
    for (const stream of streams) await appended(store, stream, 'no-stream', events(5))
    const first = startRelay({ eventStore: store, connection, topic })
    await reached(first, (await appended(store, streams[0] ?? aStream(), 'any', events(1))).position)
    await first.stop()
    const { position } = await appended(store, streams[3] ?? aStream(), 'any', events(5))
    const sender = topicSender(connection, eventsTopic(topic.prefix))
    await sender.send([0, 1, 2].map((partition) => ({ partition, ...tickOf(position) })))
    await sender.close()
    const second = startRelay({ eventStore: store, connection, topic })
    await reached(second, position)
    await second.stop()
    const there = (await wholeTopic(connection, eventsTopic(topic.prefix))).map(read).flatMap(({ event }) => event ?? [])
    expect(new Set(there.filter(({ stream }) => stream === streams[3]).map(({ revision }) => Number(revision)))).toEqual(new Set(Array(10).keys()))
  })

  it('carries events of the greatest size', async () => {
    const { store, topic } = fresh()
    const streams = Array.from({ length: 12 }, () => aStream())
    const appends = await Promise.all(streams.map((stream) => appended(store, stream, 'no-stream', eventsOf(4, limits.eventBytes))))
    const relay = startRelay({ eventStore: store, connection, topic })
    await reached(relay, appends.map(({ position }) => position).toSorted().at(-1) ?? '' as Position)
    await relay.stop()
    await expectTopicEqualsLog(store, streams, kafka.url, topic.prefix)
  })

  it('writes nothing while the log is idle', async () => {
    const { store, topic } = fresh()
    const relay = startRelay({ eventStore: store, connection, topic })
    await reached(relay, (await appended(store, aStream(), 'no-stream', events(1))).position)
    const count = async () => (await wholeTopic(connection, eventsTopic(topic.prefix))).length
    await until(async () => (await count()) === PARTITIONS, 30_000)
    await after(700)
    expect(await count()).toBe(PARTITIONS)
    await relay.stop()
  })

  it('refuses a topic of another number of partitions, and says so', async () => {
    const { store, topic } = fresh()
    await ensureEventsTopic(connection, topic)
    const problems: string[] = []
    const relay = startRelay({ eventStore: store, connection, topic: { ...topic, partitions: 5 }, onProblem: ({ error }) => problems.push(String(error)) })
    await until(() => problems.length > 0)
    expect(problems[0]).toMatch(/TopicMismatch.*has 4 partitions, the settings say 5/)
    await relay.stop()
  })
})

describeWith(['kafka', 'postgres'], 'a relay process', ({ kafka }) => {
  it('L8: killed (SIGKILL) again and again: the topic equals the log per key, nothing missing', async () => {
    const { url, pool, drop } = await migratedDatabase()
    const store = await postgresEventStore({ pool })
    const topic = { prefix: freshTopicPrefix(), partitions: PARTITIONS }
    const [streams, done] = [Array.from({ length: 20 }, () => aStream()), new AbortController()]
    const startProcess = relayProcesses(url, kafka.url, topic.prefix, PARTITIONS)
    const writing = steadily(store, streams, done.signal)
    for (let round = 0; round < 5; round += 1) {
      const relay = startProcess()
      await relay.progressed()
      await after(Math.random() * 100)
      await relay.kill()
    }
    done.abort()
    const head = await writing
    const last = startRelay({ eventStore: store, connection: { brokers: kafka.url.split(',') }, topic })
    await until(() => last.watermark() !== 'start' && last.watermark() >= head, 30_000)
    await last.stop()
    await expectTopicEqualsLog(store, streams, kafka.url, topic.prefix)
    await store.close()
    await drop()
  })
})

describeWith(['kafka'], 'a Kafka that fails', () => {
  let own: Breakable
  beforeAll(async () => { own = await privateKafka() })
  afterAll(() => own.stop())

  describe('killed and restarted, twice', () => {
    it('L8: relay and feed go on by themselves, nothing missing', async () => {
      const [store, topic, connection] = [memoryEventStore(), { prefix: freshTopicPrefix(), partitions: PARTITIONS }, { brokers: [own.url] }]
      const [streams, done] = [Array.from({ length: 20 }, () => aStream()), new AbortController()]
      const relay = startRelay({ eventStore: store, connection, topic })
      const consumer = startConsumer(kafkaFeed({ connection, topic }))
      const writing = steadily(store, streams, done.signal)
      for (let round = 0; round < 2; round += 1) {
        const before = consumer.seen().length
        await until(() => consumer.seen().length > before + 200, 60_000)
        await own.kill()
        await own.restart()
      }
      const before = consumer.seen().length
      await until(() => consumer.seen().length > before + 200, 60_000)
      done.abort()
      const head = await writing
      await until(() => Array.from({ length: PARTITIONS }, (_, partition) => consumer.through(partition)).every((through) => through !== 'start' && through >= head), 60_000)
      await consumer.stop()
      await relay.stop()
      for (const stream of streams) {
        const revisions = [...new Set(consumer.seen([stream]).map(({ revision }) => revision))]
        expect(revisions).toEqual((await wholeStream(store, stream)).map(({ revision }) => revision))
      }
      await expectTopicEqualsLog(store, streams, own.url, topic.prefix)
    }, 120_000)
  })
})
