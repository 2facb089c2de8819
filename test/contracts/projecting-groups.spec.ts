import * as TE from 'fp-ts/lib/TaskEither.js'
import { expect, it } from 'vitest'
import { catchUpFeed } from '../../adapters/catch-up/feed.js'
import { emptyMemoryProjections } from '../../adapters/memory/projections/state.js'
import { memoryProjectionStore } from '../../adapters/memory/projections/store.js'
import type { MemoryReadModel } from '../../adapters/memory/read-model.js'
import { memoryReadModels } from '../../adapters/memory/read-models.js'
import { createLogger } from '../../platform/logging.js'
import { createMetrics } from '../../platform/metrics.js'
import { createShutdown } from '../../platform/shutdown.js'
import type { Projection, ProjectionStore } from '../../projections/index.js'
import { searchProjection } from '../../projections/search/project.js'
import { timelineProjection } from '../../projections/timeline/project.js'
import { projectLog, readModelsGroup } from '../../server/composition/projecting.js'
import { aGroup, aMember, answer, commandSides, message } from '../support/command-side.js'
import { memorySearch } from '../support/memory-search.js'
import { until } from '../support/until.js'

it('T6: a key that a command side left when it died is destroyed before the read models show the deletion, once for all groups', async () => {
  const world = commandSides()
  const { eventStore, keyStore } = world.parts()
  const side = world.start({ keyStore: { ...keyStore, destroy: () => TE.left({ _tag: 'KeyStoreUnavailable', retryAfterMs: 1, reason: 'killed' }) } })
  const [ada, messageId] = [await aMember(side), message('').messageId]
  const conversation = await aGroup(side, ada)
  const { sequence } = await answer(side.conversation(ada, conversation, 2, message('gone', { messageId })))
  await answer(side.conversation(ada, conversation, 3, { type: 'DeleteMessage', target: sequence }))
  expect((await answer(keyStore.find([messageId]))).map(({ _tag }) => _tag)).toEqual(['Living'])

  const happened: string[] = []
  const logger = createLogger('silent')
  const shutdown = createShutdown(logger)
  /** Tells when the deletion is committed. */
  const projected = (projection: Projection<unknown>, readModel: MemoryReadModel<never>) => {
    const store = memoryProjectionStore({ readModels: [readModel], state: emptyMemoryProjections() })
    const commit: ProjectionStore['commit'] = (batch) => async () => {
      const committed = await store.commit(batch)()
      if (batch.steps.get(projection.name)?.some(({ event }) => event.type === 'MessageDeleted') === true) happened.push(projection.name)
      return committed
    }
    return { projections: [projection], store: { ...store, commit } }
  }
  const announcer = { announce: () => undefined }
  const models = projected(timelineProjection as Projection<unknown>, memoryReadModels().timeline)
  const search = projected(searchProjection as Projection<unknown>, memorySearch().model)
  projectLog(
    { keyStore: { ...keyStore, destroy: (units) => { happened.push(`forget ${units.join()}`); return keyStore.destroy(units) } } },
    [readModelsGroup(models, announcer), { ...search, group: 'search', announcer, announced: searchProjection.name, forgets: false }],
    catchUpFeed({ eventStore, partitions: 1 }), { logger, metrics: createMetrics(), onFailure: (error) => happened.push(String(error)) }, shutdown,
  )
  await until(() => happened.includes(timelineProjection.name) && happened.includes(searchProjection.name))
  await shutdown.stop('it has happened')
  expect(happened.filter((what) => what !== searchProjection.name)).toEqual([`forget ${messageId}`, timelineProjection.name])
  expect((await answer(keyStore.find([messageId]))).map(({ _tag }) => _tag)).toEqual(['Destroyed'])
  await side.close()
})
