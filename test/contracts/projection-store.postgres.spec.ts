import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { postgresProgress } from '../../adapters/postgres/projections/progress.js'
import { postgresProjectionStore } from '../../adapters/postgres/projections/store.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { projectionStoreContract } from './projection-store/index.js'
import { journal, latest, tableOf, type Rows } from './projection-store/read-models.js'
import { sorted } from './projection-store/subject.js'

const open = async () => {
  const { pool, drop } = await migratedDatabase()
  const readModels = [journal, latest]
  await ensureReadModels(pool, readModels)
  const progress = postgresProgress(pool, readModels)
  return {
    progress,
    store: postgresProjectionStore({ pool, readModels, onCommitted: progress.notice }),
    another: () => postgresProjectionStore({ pool, readModels }),
    older: () => postgresProjectionStore({ pool, readModels: [journal] }),
    rows: async (name: string) => sorted((await pool.query(`SELECT stream, revision, text FROM ${name}_v1.${tableOf[name]}`)).rows as Rows),
    tamper: async (name: string) => { await pool.query(`UPDATE ${name}_v1.${tableOf[name]} SET text = 'tampered'`) },
    close: drop,
  }
}

describeWith(['postgres'], 'Postgres', () => projectionStoreContract('Postgres', open))
