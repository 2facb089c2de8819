import fc from 'fast-check'
import { expect, it } from 'vitest'
import { postgresProjectionStore } from '../../adapters/postgres/projections/store.js'
import { postgresReadModels } from '../../adapters/postgres/read-models.js'
import type { RecordedEvent } from '../../events/event-store.js'
import type { Steps } from '../../projections/index.js'
import type { Projection } from '../../projections/projection.js'
import { projectEvents } from '../../projections/runtime/project-events.js'
import { describeWith } from '../support/services/index.js'
import { openPostgresReadModels } from './read-models/postgres.js'
import { randomHistory, steps } from './read-models/random-history.js'
import { projections } from './read-models/subject.js'
import { chunks, done } from './projection-store/subject.js'

const HISTORIES = 6

describeWith(['postgres'], 'Rebuilt read models', () => {
  it(`L2: ${HISTORIES} random histories: filled in large chunks, without indexes and then the rest, every read model equals what was projected live, and is swapped`, async () => {
    const project = async (events: ReadonlyArray<RecordedEvent>, { log }: Awaited<ReturnType<typeof randomHistory>>): Promise<Steps> =>
      done(projectEvents(Object.values(projections) as ReadonlyArray<Projection<unknown>>, log.keyStore)(events))

    const rebuilt = async (played: Parameters<typeof randomHistory>[0], batch: number) => {
      const [history, models] = [await randomHistory(played), await openPostgresReadModels()]
      const { events } = history.log
      const store = postgresProjectionStore({ pool: models.pool, readModels: Object.values(postgresReadModels) })
      try {
        let after = await done(store.resumeAfter(0, 1))
        for (let from = 0; from < events.length; from += batch) {
          const some = events.slice(from, from + batch)
          const through = some.at(-1)?.position ?? 'start'
          if (through === 'start') continue
          await done(store.commit({ partition: 0, partitions: 1, after, through, steps: await project(some, history) }))
          after = through
        }
        const live = await models.rows()
        const [half, last] = [Math.floor(events.length / 2), events.length - 3]
        const rebuild = await done(store.startRebuild(Object.values(projections).map(({ name }) => name), 1))
        await done(rebuild.fill(await project(events.slice(0, half), history)))
        await done(rebuild.fill(await project(events.slice(half, last), history)))
        const rest = await project(events.slice(last), history)
        const { comparisons, swapped } = await done(rebuild.finish({ remaining: () => chunks(rest), swap: 'when-equal' }))
        expect(comparisons.filter(({ onlyLive, onlyRebuilt }) => onlyLive + onlyRebuilt > 0)).toEqual([])
        expect(comparisons.find(({ table }) => table === 'events')?.rebuiltRows).toBe(events.filter(({ stream }) => stream.startsWith('conversation-')).length)
        expect(swapped).toBe(true)
        expect(await models.rows()).toEqual(live)
        const { rows } = await models.pool.query<{ indexname: string }>(`SELECT indexname FROM pg_indexes WHERE schemaname = 'timeline_v1' ORDER BY 1`)
        expect(rows.map(({ indexname }) => indexname)).toEqual(['changes_of_pins', 'changes_pkey', 'events_by_message', 'events_by_position', 'events_pkey'])
      } finally {
        await models.close()
      }
    }
    await fc.assert(fc.asyncProperty(steps, fc.integer({ min: 1, max: 40 }), rebuilt), { numRuns: HISTORIES, endOnFailure: true })
  })
})
