import { postgresHandleRegistry } from '../../adapters/postgres/handles/handle-registry.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { handleRegistryContract } from './handle-registry/index.js'

describeWith(['postgres'], 'Postgres', () => {
  handleRegistryContract('Postgres', async () => {
    const { pool, drop } = await migratedDatabase()
    return { registry: postgresHandleRegistry(pool), another: () => postgresHandleRegistry(pool), close: drop }
  })
})
