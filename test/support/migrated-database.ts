import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { startEmbeddedPostgres } from '../../adapters/embedded/postgres.js'
import { migrate } from '../../adapters/postgres/migrate.js'
import { postgresPool } from '../../adapters/postgres/pool.js'

export interface MigratedDatabase {
  readonly url: string
  readonly pool: pg.Pool
  readonly drop: () => Promise<void>
}

/** A database of one suite with every schema of ours, and a pool on it. */
export const migratedDatabase = async (): Promise<MigratedDatabase> => {
  const directory = mkdtempSync(join(tmpdir(), 'tidings-suite-'))
  chmodSync(directory, 0o711)
  const server = await startEmbeddedPostgres({ directory, durable: false })
  const pool = postgresPool({ url: server.url })
  await migrate(pool)
  const drop = async () => {
    await pool.end()
    await server.stop()
    rmSync(directory, { recursive: true })
  }
  return { url: server.url, pool, drop }
}
