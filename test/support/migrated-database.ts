import type pg from 'pg'
import { migrate } from '../../adapters/postgres/migrate.js'
import { postgresPool } from '../../adapters/postgres/pool.js'
import { freshDatabase } from './services/index.js'

export interface MigratedDatabase {
  readonly url: string
  readonly pool: pg.Pool
  /** Ends the pool and drops the database. */
  readonly drop: () => Promise<void>
}

/** A database of one suite with every schema of ours, and a pool on it. Needs the service `postgres`. */
export const migratedDatabase = async (): Promise<MigratedDatabase> => {
  const { url, drop } = await freshDatabase()
  const pool = postgresPool({ url })
  await migrate(pool)
  return { url, pool, drop: () => pool.end().then(drop) }
}
