import { describe, expect, it } from 'vitest'
import type { StreamName } from '../../../events/event-store.js'
import { until } from '../../support/until.js'
import { aStream, appended, events, wholeStream } from '../event-store/subject.js'
import { label, partitionsOf, startConsumer, streamIn, type Subject } from './subject.js'

const increasing = (places: ReadonlyArray<string>): boolean => places.every((place, index) => index === 0 || place > (places[index - 1] ?? ''))

export const order = (subject: Subject): void => {
  describe('order', () => {
    it('delivers history and what follows it, nothing skipped: by position in a partition, by revision in a stream', async () => {
      const { store, feed } = subject()
      const streams = Array.from({ length: 24 }, () => aStream())
      const appendTo = (stream: StreamName) => appended(store, stream, 'any', events(7))
      await Promise.all(streams.map(appendTo))
      const consumer = startConsumer(feed, { maxEvents: 10 })
      for (let round = 0; round < 5; round += 1) await Promise.all(streams.map(appendTo))
      await until(() => consumer.seen(streams).length >= 24 * 42, 30_000)
      await consumer.stop()

      for (const partition of partitionsOf(feed)) {
        const batches = consumer.batches.filter((batch) => batch.partition === partition)
        const delivered = batches.flatMap((batch) => batch.events)
        expect(increasing(delivered.map(({ position }) => position))).toBe(true)
        expect(delivered.every(({ stream }) => feed.partitionOf(stream) === partition)).toBe(true)
        expect(batches.every((batch) => batch.events.every(({ position }) => position <= batch.through))).toBe(true)
        expect(batches.every(({ through }, index) => index === 0 || through >= (batches[index - 1]?.through ?? ''))).toBe(true)
        expect(Math.max(...batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(10)
      }
      for (const stream of streams) {
        const [delivered, stored] = [consumer.seen([stream]), await wholeStream(store, stream)]
        expect(delivered.map(label)).toEqual(stored.map(label))
      }
    })

    it('delivers the events as they were recorded, byte for byte', async () => {
      const { store, feed } = subject()
      const stream = aStream()
      await appended(store, stream, 'no-stream', events(3))
      await appended(store, stream, 'any', events(1, { sealed: undefined }))
      const consumer = startConsumer(feed)
      await until(() => consumer.seen([stream]).length === 4, 30_000)
      await consumer.stop()
      const plain = (event: Awaited<ReturnType<typeof wholeStream>>[number]) => ({
        ...event, data: [...event.data], metadata: [...event.metadata], sealed: event.sealed && [...event.sealed],
      })
      expect(consumer.seen([stream]).map(plain)).toEqual((await wholeStream(store, stream)).map(plain))
    })

    it('places a stream alike everywhere and for ever', () => {
      const { feed, elsewhere } = subject()
      const streams = Array.from({ length: 200 }, () => aStream())
      expect(streams.map(elsewhere.partitionOf)).toEqual(streams.map(feed.partitionOf))
      expect(new Set(streams.map(feed.partitionOf))).toEqual(new Set(partitionsOf(feed)))
      expect(feed.partitions).toBe(4)
      const known = ['conversation-018f0000-0000-7000-8000-000000000001', 'conversation-018f0000-0000-7000-8000-000000000002']
      expect(known.map((stream) => feed.partitionOf(stream as StreamName))).toEqual([3, 3])
    })

    it('tells idle partitions how far the log has come', async () => {
      const { store, feed } = subject()
      const consumer = startConsumer(feed)
      const { position } = await appended(store, streamIn(feed, 1), 'no-stream', events(1))
      await until(() => partitionsOf(feed).every((partition) => consumer.through(partition) >= position && consumer.through(partition) !== 'start'), 30_000)
      const later = await appended(store, streamIn(feed, 2), 'no-stream', events(1))
      await until(() => partitionsOf(feed).every((partition) => consumer.through(partition) >= later.position), 30_000)
      await consumer.stop()
    })
  })
}
