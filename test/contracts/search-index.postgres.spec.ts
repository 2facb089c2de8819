import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { postgresSearchModel } from '../../adapters/postgres/search/model.js'
import { postgresSearchIndex } from '../../adapters/postgres/search/search-index.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { searchIndexContract } from './search-index/index.js'

const open = async () => {
  const { pool, drop } = await migratedDatabase()
  await ensureReadModels(pool, [postgresSearchModel])
  return { index: postgresSearchIndex(pool), close: drop }
}

describeWith(['postgres'], 'Postgres', () => searchIndexContract('Postgres', open, { corpora: 40, questions: 25 }))
