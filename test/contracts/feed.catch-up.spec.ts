import { describe, expect, it } from 'vitest'
import { catchUpFeed } from '../../adapters/catch-up/feed.js'
import { memoryEventStore } from '../../adapters/memory/event-store.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import type { EventStore } from '../../events/event-store.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { until } from '../support/until.js'
import { appended, aStream, events } from './event-store/subject.js'
import { feedContract, type OpenFeed } from './feed/index.js'
import { startConsumer } from './feed/subject.js'

const over = (store: EventStore, close: () => Promise<void>): OpenFeed => {
  const feed = () => catchUpFeed({ eventStore: store, partitions: 4 })
  return { store, feed: feed(), elsewhere: feed(), close }
}

feedContract('catch-up on the log in memory', async () => {
  const store = memoryEventStore()
  return over(store, store.close)
})

describeWith(['postgres'], 'Postgres', () =>
  feedContract('catch-up on the log in Postgres', async () => {
    const { pool, drop } = await migratedDatabase()
    const store = await postgresEventStore({ pool })
    return over(store, () => store.close().then(drop))
  }))

describe('the catch-up feed', () => {
  it('hands an event on as soon as the log yields it: no timer lies between', async () => {
    const store = memoryEventStore()
    const consumer = startConsumer(catchUpFeed({ eventStore: store, partitions: 4 }))
    await appended(store, aStream(), 'no-stream', events(1))
    await until(() => consumer.seen().length === 1)
    for (let count = 2; count < 20; count += 1) {
      await appended(store, aStream(), 'no-stream', events(1))
      await new Promise(setImmediate)
      expect(consumer.seen()).toHaveLength(count)
    }
    await consumer.stop()
    await store.close()
  })

  it('reads ahead a bounded number of events while a partition is stuck', async () => {
    const store = memoryEventStore()
    let yielded = 0
    const counting: EventStore = {
      ...store,
      follow: async function* (from, signal) {
        for await (const item of store.follow(from, signal)) {
          yielded += 1
          yield item
        }
      },
    }
    for (let round = 0; round < 60; round += 1) await appended(store, aStream(), 'no-stream', events(100))
    const feed = catchUpFeed({ eventStore: counting, partitions: 1 })
    let release: () => void = () => undefined
    const stuck = new Promise<void>((resolve) => { release = resolve })
    const consumer = startConsumer(feed, { maxEvents: 10, handle: () => stuck })
    await until(() => yielded > 0)
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
    expect(yielded).toBeLessThanOrEqual(4_096 + 10 + 1)
    release()
    await until(() => consumer.seen().length === 6_000)
    await consumer.stop()
    await store.close()
  })
})
