import type pg from 'pg'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { dedicatedClient } from '../../adapters/postgres/pool.js'
import type { EventStore } from '../../events/event-store.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { until } from '../support/until.js'
import type { OpenStore } from './event-store/index.js'
import { eventStoreContract } from './event-store/index.js'

/** Makes the commit of every third position wait for an advisory lock: its rows are written, its number taken. */
const slowCommits = `
  CREATE FUNCTION log.wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON log.events DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.position % 3 = 0) EXECUTE FUNCTION log.wait_at_commit()`

const holdAppends = (pool: pg.Pool) => async () => {
  const holder = await dedicatedClient(pool)
  await holder.query('SELECT pg_advisory_lock(4711)')
  const waiting = async () => (await pool.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted`)).rowCount !== 0
  await until(waiting, 500).catch(() => undefined)
  return () => holder.end()
}

/** Two at once cut one another too. */
const dropConnections = (pool: pg.Pool) => async () => {
  const cut = pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()')
  await cut.catch(() => undefined)
}

const open = async (): Promise<OpenStore> => {
  const { pool, drop } = await migratedDatabase()
  await pool.query(slowCommits)
  let current: EventStore = await postgresEventStore({ pool })
  const reopen = async () => {
    await current.close()
    current = await postgresEventStore({ pool })
    return current
  }
  const close = async () => {
    await current.close()
    await drop()
  }
  return { store: current, reopen, close, holdAppends: holdAppends(pool), dropConnections: dropConnections(pool) }
}

describeWith(['postgres'], 'Postgres', () => eventStoreContract('Postgres', open))
