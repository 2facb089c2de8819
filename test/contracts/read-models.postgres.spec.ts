import fc from 'fast-check'
import { expect, it } from 'vitest'
import { describeWith } from '../support/services/index.js'
import { readModelsContract } from './read-models/index.js'
import { openMemoryReadModels } from './read-models/memory.js'
import { plansOfQueries } from './read-models/plans.js'
import { openPostgresReadModels } from './read-models/postgres.js'
import { allAnswers, randomHistory, steps } from './read-models/random-history.js'
import { projectAll } from './read-models/subject.js'

const RANDOM_HISTORIES = 12

describeWith(['postgres'], 'Postgres', () => {
  readModelsContract('Postgres', openPostgresReadModels)

  it(`E9: ${RANDOM_HISTORIES} random histories, in random batches: Postgres answers as memory does`, async () => {
    const postgres = await openPostgresReadModels()
    const everyStep = async (played: Parameters<typeof randomHistory>[0], batch: number) => {
      const [history, memory] = [await randomHistory(played), await openMemoryReadModels()]
      const { events, keyStore } = history.log
      await projectAll(memory, keyStore, events)
      for (let from = 0; from < events.length; from += batch) await projectAll(postgres, keyStore, events.slice(from, from + batch))
      expect(await allAnswers(postgres, history)).toEqual(await allAnswers(memory, history))
    }
    try {
      await fc.assert(fc.asyncProperty(steps, fc.integer({ min: 1, max: 40 }), everyStep), { numRuns: RANDOM_HISTORIES, endOnFailure: true })
    } finally {
      await postgres.close()
    }
  })

  plansOfQueries(openPostgresReadModels)
})
