import { postgresProjectionStore } from '../../adapters/postgres/projections/store.js'
import { postgresSearchModel } from '../../adapters/postgres/search/model.js'
import { postgresSearchIndex } from '../../adapters/postgres/search/search-index.js'
import type { Projection } from '../../projections/index.js'
import { searchProjection } from '../../projections/search/project.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { indexingContract } from './indexing/index.js'

describeWith(['postgres'], 'Postgres', () => {
  indexingContract('Postgres', async () => {
    const { pool, drop } = await migratedDatabase()
    return {
      pool,
      isApart: false,
      index: postgresSearchIndex(pool),
      filling: (connections) => ({
        model: postgresSearchModel, projection: searchProjection as Projection<unknown>,
        store: postgresProjectionStore({ pool: connections, readModels: [postgresSearchModel] }),
      }),
      close: drop,
    }
  })
})
