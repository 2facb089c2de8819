import { postgresAudience } from '../../../adapters/postgres/audience/audience.js'
import { postgresLastSeenRule } from '../../../adapters/postgres/audience/last-seen.js'
import { postgresCommandReceipts } from '../../../adapters/postgres/command-receipts/command-receipts.js'
import { inTransaction } from '../../../adapters/postgres/pool.js'
import { ensureReadModels } from '../../../adapters/postgres/projections/ensure-read-models.js'
import type { PostgresReadModel } from '../../../adapters/postgres/read-model.js'
import { liveSchema } from '../../../adapters/postgres/read-model.js'
import { postgresReaders, postgresReadModels } from '../../../adapters/postgres/read-models.js'
import { postgresEndedStories } from '../../../adapters/postgres/stories/ended-stories.js'
import { postgresMessageFacts } from '../../../adapters/postgres/timeline/message-facts.js'
import type { MigratedDatabase } from '../../support/migrated-database.js'
import { migratedDatabase } from '../../support/migrated-database.js'
import type { OpenReadModels } from './subject.js'
import { drained, readModelNames } from './subject.js'

export const openPostgresReadModels = async (): Promise<OpenReadModels & Pick<MigratedDatabase, 'pool' | 'url'>> => {
  const { pool, url, drop } = await migratedDatabase()
  await ensureReadModels(pool, readModelNames.map((name) => postgresReadModels[name]))
  const rowsOf = async (schema: string, table: string): Promise<ReadonlyArray<string>> => {
    const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${schema}.${table} t ORDER BY 1`)
    return rows.map(({ row }) => `${schema}.${table} ${row}`)
  }
  return {
    pool,
    url,
    apply: (name, writes) => {
      const model: PostgresReadModel<never> = postgresReadModels[name]
      return inTransaction(pool, (client) => model.apply(client, liveSchema(model), writes as ReadonlyArray<never>))
    },
    readers: postgresReaders(pool),
    facts: postgresMessageFacts(pool),
    receipts: postgresCommandReceipts(pool),
    audience: postgresAudience(pool),
    endedStories: postgresEndedStories(pool),
    lastSeenRule: postgresLastSeenRule(pool),
    rows: async () => {
      await drained(postgresEndedStories(pool))
      return (await Promise.all(readModelNames.flatMap((name) =>
        postgresReadModels[name].tables.map((table) => rowsOf(liveSchema(postgresReadModels[name]), table))))).flat()
    },
    close: drop,
  }
}
