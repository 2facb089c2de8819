import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { until } from '../../support/until.js'
import { aStream, appended, events } from '../event-store/subject.js'
import { checkpoints, label, partitionsOf, startConsumer, streamIn, type Subject } from './subject.js'

const labels = (streams: ReadonlyArray<string>, from: number, to: number): ReadonlyArray<string> =>
  streams.flatMap((stream) => Array.from({ length: to - from }, (_, index) => `${stream} ${from + index}`)).sort()

export const resuming = (subject: Subject): void => {
  describe('resuming', () => {
    it('delivers what lies after the place of each partition, and nothing before it', async () => {
      const { store, feed } = subject()
      const [ahead, behind] = [streamIn(feed, 0), streamIn(feed, 1)]
      const early = await appended(store, behind, 'no-stream', events(2))
      const { position } = await appended(store, ahead, 'no-stream', events(3))
      await appended(store, ahead, 'any', events(2))
      await appended(store, behind, 'any', events(2))
      const consumer = startConsumer(feed, { resumeAfter: async (partition) => (partition === 1 ? early.position : position) })
      await until(() => consumer.seen([ahead, behind]).length === 4, 30_000)
      await consumer.stop()
      expect(consumer.seen([ahead]).map(label)).toEqual(labels([ahead], 3, 5))
      expect(consumer.seen([behind]).map(label)).toEqual(labels([behind], 2, 4))
      expect(consumer.seen().every((event) => event.position > (feed.partitionOf(event.stream) === 1 ? early.position : position))).toBe(true)
    })

    it('goes on where the last consumer of the group was, whatever was appended meanwhile', async () => {
      const { store, feed, elsewhere } = subject()
      const [group, at, streams] = [uuidv7(), checkpoints(), Array.from({ length: 8 }, () => aStream())]
      await Promise.all(streams.map((stream) => appended(store, stream, 'no-stream', events(5))))
      const first = startConsumer(feed, { group, ...at })
      await until(() => first.seen(streams).length === 40, 30_000)
      await first.stop()
      await Promise.all(streams.map((stream) => appended(store, stream, 'any', events(5))))
      const second = startConsumer(elsewhere, { group, ...at })
      await until(() => second.seen(streams).length === 40, 30_000)
      await second.stop()
      expect(second.seen(streams).map(label).sort()).toEqual(labels(streams, 5, 10).toSorted())
    })

    it('begins anew for a group whose checkpoints are gone', async () => {
      const { store, feed } = subject()
      const [group, stream] = [uuidv7(), aStream()]
      await appended(store, stream, 'no-stream', events(5))
      const first = startConsumer(feed, { group, ...checkpoints() })
      await until(() => first.seen([stream]).length === 5, 30_000)
      await first.stop()
      const second = startConsumer(feed, { group, ...checkpoints() })
      await until(() => second.seen([stream]).length === 5, 30_000)
      await second.stop()
      expect(second.seen([stream]).map(label)).toEqual(labels([stream], 0, 5))
    })

    it('gives every group everything', async () => {
      const { store, feed } = subject()
      const stream = aStream()
      const consumers = [startConsumer(feed), startConsumer(feed)]
      await appended(store, stream, 'no-stream', events(3))
      await until(() => consumers.every(({ seen }) => seen([stream]).length === 3), 30_000)
      await Promise.all(consumers.map(({ stop }) => stop()))
    })

    it('lets two consumers of a group share: each event reaches one, and one goes on when the other ends', async () => {
      const { store, feed } = subject()
      const [group, at, streams] = [uuidv7(), checkpoints(), partitionsOf(feed).map((partition) => streamIn(feed, partition))]
      const [one, other] = [startConsumer(feed, { group, ...at }), startConsumer(feed, { group, ...at })]
      const both = () => [...one.seen(streams), ...other.seen(streams)].map(label)
      await Promise.all(streams.map((stream) => appended(store, stream, 'no-stream', events(5))))
      await until(() => new Set(both()).size === 20, 30_000)
      await one.stop()
      await Promise.all(streams.map((stream) => appended(store, stream, 'any', events(5))))
      await until(() => new Set(both()).size === 40, 30_000)
      await other.stop()
      expect([...new Set(both())].sort()).toEqual(labels(streams, 0, 10).toSorted())
    })

    it('has caught up from the first batch on that ends at what was the head, once', async () => {
      const { store, feed } = subject()
      const streams = partitionsOf(feed).map((partition) => streamIn(feed, partition))
      await Promise.all(streams.map((stream) => appended(store, stream, 'no-stream', events(30))))
      const consumer = startConsumer(feed, { maxEvents: 7 })
      const of = (partition: number) => consumer.batches.filter((batch) => batch.partition === partition)
      await until(() => partitionsOf(feed).every((partition) => of(partition).at(-1)?.caughtUp === true), 30_000)
      await Promise.all(streams.map((stream) => appended(store, stream, 'any', events(3))))
      await until(() => consumer.seen(streams).length === 33 * feed.partitions, 30_000)
      await consumer.stop()
      for (const partition of partitionsOf(feed)) {
        const flags = of(partition).map(({ caughtUp }) => caughtUp)
        expect(flags.slice(flags.indexOf(true)).every((caughtUp) => caughtUp)).toBe(true)
        expect(flags.includes(false)).toBe(true)
      }
    })

    it('tells a consumer that is at the head already that it has caught up', async () => {
      const { store, feed } = subject()
      const { position } = await appended(store, aStream(), 'no-stream', events(1))
      const reader = startConsumer(feed)
      await until(() => partitionsOf(feed).every((partition) => reader.through(partition) !== 'start' && reader.through(partition) >= position), 30_000)
      await reader.stop()
      const consumer = startConsumer(feed, { resumeAfter: async () => position })
      await until(() => partitionsOf(feed).every((partition) => consumer.batches.some((batch) => batch.partition === partition && batch.caughtUp)), 30_000)
      await consumer.stop()
      expect(consumer.seen()).toEqual([])
    })
  })
}
