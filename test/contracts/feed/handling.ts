import { describe, expect, it } from 'vitest'
import type { FeedBatch } from '../../../projections/ports.js'
import { until } from '../../support/until.js'
import { appended, events } from '../event-store/subject.js'
import { label, startConsumer, streamIn, type Subject } from './subject.js'

/** Holds up the batches that match until it is opened. */
const gate = (matches: (batch: FeedBatch) => boolean) => {
  const held: FeedBatch[] = []
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => { open = resolve })
  const handle = async (batch: FeedBatch): Promise<void> => {
    if (!matches(batch)) return
    held.push(batch)
    await opened
  }
  return { held, open, handle }
}

export const handling = (subject: Subject): void => {
  describe('handling', () => {
    it('tries a rejected batch again, with nothing else of its partition in between', async () => {
      const { store, feed } = subject()
      const stream = streamIn(feed, 2)
      const attempts: string[][] = []
      const handle = async (batch: FeedBatch): Promise<void> => {
        const mine = batch.events.filter((event) => event.stream === stream).map(label)
        if (mine.length > 0) attempts.push(mine)
        if (mine.length > 0 && attempts.length <= 3) throw new Error('the database is away')
      }
      const consumer = startConsumer(feed, { handle })
      await appended(store, stream, 'no-stream', events(2))
      await until(() => attempts.length === 1, 30_000)
      await appended(store, stream, 'any', events(2))
      await until(() => consumer.seen([stream]).length === 4, 30_000)
      await consumer.stop()
      const [first] = attempts
      expect(attempts.slice(0, 4)).toEqual([first, first, first, first])
      expect(consumer.seen([stream]).map(label)).toEqual([0, 1, 2, 3].map((revision) => `${stream} ${revision}`))
    })

    it('delivers nothing more of a partition while one batch is pending; the others go on', async () => {
      const { store, feed } = subject()
      const [slow, quick] = [streamIn(feed, 0), streamIn(feed, 3)]
      const { held, open, handle } = gate((batch) => batch.events.some(({ stream }) => stream === slow))
      const consumer = startConsumer(feed, { handle, maxEvents: 5 })
      await appended(store, slow, 'no-stream', events(1))
      await until(() => held.length === 1, 30_000)
      for (let round = 0; round < 10; round += 1) {
        await appended(store, slow, 'any', events(1))
        await appended(store, quick, 'any', events(4))
      }
      await until(() => consumer.seen([quick]).length === 40, 30_000)
      expect(held).toHaveLength(1)
      expect(consumer.seen([slow])).toEqual([])
      open()
      await until(() => consumer.seen([slow]).length === 11, 30_000)
      await consumer.stop()
      expect(consumer.seen([slow]).map(({ revision }) => Number(revision))).toEqual([...Array(11).keys()])
      expect(Math.max(...consumer.batches.map((batch) => batch.events.length))).toBeLessThanOrEqual(5)
    })

    it('ends by its signal once the pending batches are handled, and calls nobody afterwards', async () => {
      const { store, feed } = subject()
      const stream = streamIn(feed, 1)
      const { held, open, handle } = gate((batch) => batch.events.some((event) => event.stream === stream))
      const consumer = startConsumer(feed, { handle })
      await appended(store, stream, 'no-stream', events(1))
      await until(() => held.length === 1, 30_000)
      await appended(store, stream, 'any', events(5))
      let isOver = false
      const stopped = consumer.stop().then(() => { isOver = true })
      await new Promise(setImmediate)
      expect(isOver).toBe(false)
      open()
      await stopped
      const handled = consumer.batches.length
      expect(consumer.seen([stream]).length).toBe(held[0]?.events.filter((event) => event.stream === stream).length)
      await appended(store, stream, 'any', events(1))
      await new Promise(setImmediate)
      expect([consumer.batches.length, held.length]).toEqual([handled, 1])
    })

    it('ends by its signal while a batch waits to be tried again', async () => {
      const { store, feed } = subject()
      const stream = streamIn(feed, 1)
      let refused = 0
      const handle = async (batch: FeedBatch): Promise<void> => {
        if (!batch.events.some((event) => event.stream === stream)) return
        refused += 1
        throw new Error('never')
      }
      const consumer = startConsumer(feed, { handle })
      await appended(store, stream, 'no-stream', events(1))
      await until(() => refused >= 2, 30_000)
      await consumer.stop()
      expect(consumer.seen([stream])).toEqual([])
    })
  })
}
