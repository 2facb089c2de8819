import { randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql'
import pg from 'pg'
import type { Subject } from './closed-loop.js'

export interface Peer extends Subject {
  readonly close: () => Promise<void>
}

const plainTable = `
  CREATE TABLE IF NOT EXISTS plain_events (
    position bigserial, stream text NOT NULL, revision bigint NOT NULL, id uuid NOT NULL, type text NOT NULL, version int NOT NULL,
    data bytea NOT NULL, metadata bytea NOT NULL, sealed bytea, PRIMARY KEY (stream, revision));
  CREATE INDEX IF NOT EXISTS plain_events_position ON plain_events (position)`
const plainInsert = `INSERT INTO plain_events (stream, revision, id, type, version, data, metadata, sealed) VALUES ($1, 0, $2, 'MessageSent', 1, $3, $4, $5)`

const peerPool = (options: pg.PoolConfig): pg.Pool => {
  const pool = new pg.Pool(options)
  // Of connections that end while nobody uses them; what is under way fails by itself.
  pool.on('error', () => undefined)
  return pool
}

/** One INSERT a command into a table of the log's shape, 16 connections: what plain SQL does at the same durability. */
export const plainSql = async (url: string, connections: number, data: Buffer, metadata: Buffer, sealed: Buffer): Promise<Peer> => {
  const pool = peerPool({ connectionString: url, max: connections })
  await pool.query(plainTable)
  const operation = () => pool.query({ name: 'plain', text: plainInsert, values: [`conversation-${randomUUID()}`, randomUUID(), data, metadata, sealed] })
  return { name: 'plain SQL', operation, close: () => pool.end() }
}

/** @event-driven-io/emmett-postgresql: its own schema, its own pool. */
export const emmett = async (url: string, payload: string): Promise<Peer> => {
  const store = getPostgreSQLEventStore(url)
  await store.schema.migrate()
  const operation = () =>
    store.appendToStream(`conversation-${randomUUID()}`, [{ type: 'MessageSent', data: { payload } }], { expectedStreamVersion: 'STREAM_DOES_NOT_EXIST' })
  return { name: 'Emmett-PostgreSQL', operation, close: () => store.close() }
}

const messageDbParts = ['extensions', 'schema', 'types', 'tables', 'functions', 'indexes'] as const

/** @eventide/message-db: its SQL functions as published, one `write_message` a command. */
export const messageDb = async (url: string, connections: number, payload: string): Promise<Peer> => {
  const pool = peerPool({ connectionString: url, max: connections, options: '-c search_path=message_store,public' })
  const root = dirname(createRequire(import.meta.url).resolve('@eventide/message-db/package.json'))
  for (const part of messageDbParts) {
    const folder = join(root, 'database', part)
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.sql')).sort()) {
      await pool.query(readFileSync(join(folder, file), 'utf8').replaceAll(/^\\.*$/gm, '').replaceAll(' CONCURRENTLY', ''))
    }
  }
  const text = `SELECT message_store.write_message($1, $2, 'MessageSent', $3, '{}', -1)`
  const data = JSON.stringify({ payload })
  const operation = () => pool.query({ name: 'message-db', text, values: [randomUUID(), `conversation-${randomUUID()}`, data] })
  return { name: 'Message DB', operation, close: () => pool.end() }
}
