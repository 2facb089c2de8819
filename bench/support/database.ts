import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { startEmbeddedPostgres } from '../../adapters/embedded/postgres.js'
import { migrate } from '../../adapters/postgres/migrate.js'
import { postgresPool } from '../../adapters/postgres/pool.js'

export interface BenchDatabase {
  readonly url: string
  readonly pool: pg.Pool
  /** Ends the pool, stops the server and removes its files. */
  readonly close: () => Promise<void>
}

/** A migrated database on a durable Postgres of its own. */
export const benchDatabase = async (connections?: number): Promise<BenchDatabase> => {
  const directory = mkdtempSync(join(tmpdir(), 'tidings-bench-'))
  chmodSync(directory, 0o711)
  const server = await startEmbeddedPostgres({ directory, durable: true })
  const pool = postgresPool({ url: server.url, ...(connections === undefined ? {} : { connections }) })
  await migrate(pool)
  return {
    url: server.url, pool,
    close: async () => {
      await pool.end()
      await server.stop()
      rmSync(directory, { recursive: true })
    },
  }
}
