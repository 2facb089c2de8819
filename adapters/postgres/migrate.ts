import { readdirSync, readFileSync } from 'node:fs'
import type pg from 'pg'
import { dedicatedClient } from './pool.js'

const MIGRATION_TIMEOUT_MS = 600_000
const LOCK = 7_443_211_904
const fileName = /^(\d{3})-[a-z0-9-]+\.sql$/

interface Migration {
  readonly component: string
  readonly version: number
  readonly sql: string
}

/** The database was migrated by a newer release: this one must not touch it. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
}

const migrationsOf = (component: string, folder: URL): ReadonlyArray<Migration> =>
  readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const version = fileName.exec(name)?.[1]
      return version === undefined ? [] : [{ component, version: Number(version), sql: readFileSync(new URL(name, folder), 'utf8') }]
    })

const knownMigrations = (root: URL): ReadonlyArray<Migration> =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => migrationsOf(name, new URL(`${name}/`, root)))

const bookkeeping = `
  CREATE SCHEMA IF NOT EXISTS tidings;
  CREATE TABLE IF NOT EXISTS tidings.migrations (
    component text, version integer, applied_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (component, version)
  )`

const appliedVersions = async (client: pg.Client): Promise<ReadonlyMap<string, number>> => {
  const { rows } = await client.query<{ component: string; version: number }>(
    'SELECT component, max(version) AS version FROM tidings.migrations GROUP BY component',
  )
  return new Map(rows.map(({ component, version }) => [component, version]))
}

const refuseNewer = (known: ReadonlyArray<Migration>, applied: ReadonlyMap<string, number>): void => {
  for (const component of new Set(known.map((migration) => migration.component))) {
    const newest = Math.max(...known.filter((migration) => migration.component === component).map(({ version }) => version))
    const there = applied.get(component) ?? 0
    if (there > newest) throw new SchemaTooNew(`${component} is at version ${there}, this release knows ${newest}`)
  }
}

const apply = async (client: pg.Client, { component, version, sql }: Migration): Promise<void> => {
  await client.query(sql)
  await client.query('INSERT INTO tidings.migrations (component, version) VALUES ($1, $2)', [component, version])
}

/**
 * Brings the database to this release: the files `adapters/postgres/<component>/NNN-<what>.sql`, each once, in order of
 * number within its component, all in one transaction. Other `.sql` files are queries and are not run. Callers at the
 * same time wait for one another (advisory lock); idempotent. Answers how many files ran.
 *
 * Rejects with `SchemaTooNew` when a component has a number that this release does not have.
 */
export const migrate = async (pool: pg.Pool, root = new URL('.', import.meta.url)): Promise<number> => {
  const known = knownMigrations(root)
  const client = await dedicatedClient(pool, { statement_timeout: MIGRATION_TIMEOUT_MS, query_timeout: MIGRATION_TIMEOUT_MS })
  try {
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    await client.query(bookkeeping)
    const applied = await appliedVersions(client)
    refuseNewer(known, applied)
    const due = known.filter(({ component, version }) => version > (applied.get(component) ?? 0))
    for (const migration of due) await apply(client, migration)
    await client.query('COMMIT')
    return due.length
  } finally {
    // Ending the connection rolls back whatever was not committed.
    await client.end()
  }
}
