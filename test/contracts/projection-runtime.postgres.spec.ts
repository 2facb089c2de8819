import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { postgresProjectionStore } from '../../adapters/postgres/projections/store.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { projectionRuntime } from './projection-runtime/index.js'
import { journal, latest, tableOf, type Rows } from './projection-store/read-models.js'
import { sorted } from './projection-store/subject.js'

const open = async () => {
  const { pool, drop } = await migratedDatabase()
  const readModels = [journal, latest]
  await ensureReadModels(pool, readModels)
  const eventStore = await postgresEventStore({ pool })
  return {
    eventStore,
    store: () => postgresProjectionStore({ pool, readModels }),
    rows: async (name: string) => sorted((await pool.query(`SELECT stream, revision, text FROM ${name}_v1.${tableOf[name]}`)).rows as Rows),
    close: () => eventStore.close().then(drop),
  }
}

describeWith(['postgres'], 'Postgres', () => projectionRuntime('Postgres', open))
