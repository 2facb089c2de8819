import type pg from 'pg'
import type { Position } from '../../../events/event-store.js'
import type { Checkpoint } from '../../../projections/ports.js'
import { inTransaction } from '../pool.js'
import type { Target } from './target.js'

const SET_UP_LOCK = 7_443_211_905

export interface CheckpointRow {
  readonly read_model: string
  readonly partition: number
  readonly partitions: number
  readonly position: Position | null
}

/** The commits that follow are not waited for until they are on disk: a read model can be made again from the log. */
const lockQuery = {
  name: 'projections.lock',
  text: `SELECT read_model, partition, partitions, position, set_config('synchronous_commit', 'off', true)
    FROM projections.checkpoints WHERE read_model = ANY($1) AND partition = $2 ORDER BY read_model FOR UPDATE`,
} as const

/** Locks a partition's checkpoints to the end of the transaction, which will not wait for its flush. */
export const lockCheckpoints = async (client: pg.ClientBase, targets: ReadonlyArray<Target>, partition: number): Promise<ReadonlyArray<CheckpointRow>> =>
  (await client.query<CheckpointRow>({ ...lockQuery, values: [targets.map(({ schema }) => schema), partition] })).rows

/** Locks all checkpoints of some schemas, in the order in which everyone locks them. */
export const lockAllCheckpoints = async (client: pg.ClientBase, schemas: ReadonlyArray<string>): Promise<ReadonlyArray<CheckpointRow>> => {
  const { rows } = await client.query<CheckpointRow>(
    `SELECT read_model, partition, partitions, position FROM projections.checkpoints WHERE read_model = ANY($1) ORDER BY read_model, partition FOR UPDATE`,
    [schemas])
  return rows
}

const move = {
  name: 'projections.move',
  text: `UPDATE projections.checkpoints SET position = $3 WHERE read_model = ANY($1) AND partition = $2 AND (position IS NULL OR position < $3)`,
} as const

export const moveCheckpoints = async (client: pg.ClientBase, targets: ReadonlyArray<Target>, partition: number, through: Position): Promise<void> => {
  await client.query({ ...move, values: [targets.map(({ schema }) => schema), partition, through] })
}

const amiss = `SELECT t.read_model FROM unnest($1::text[]) AS t (read_model)
  WHERE (SELECT count(*) FROM projections.checkpoints c WHERE c.read_model = t.read_model AND c.partitions = $2) <> $2`

const missingSchemas = `SELECT t.read_model FROM unnest($1::text[]) AS t (read_model) WHERE to_regnamespace(t.read_model) IS NULL`

/** All partitions of the schema anew, each at the low watermark of what was there. */
const redistribute = async (client: pg.ClientBase, schema: string, projection: string, partitions: number): Promise<void> => {
  const rows = await lockAllCheckpoints(client, [schema])
  const low = rows.some(({ position }) => position === null) ? null : rows.map(({ position }) => position ?? '').sort()[0]
  await client.query('DELETE FROM projections.checkpoints WHERE read_model = $1', [schema])
  await client.query(
    `INSERT INTO projections.checkpoints (read_model, partition, partitions, projection, position)
      SELECT $1, n - 1, $2, $3, $4 FROM generate_series(1, $2::integer) n`, [schema, partitions, projection, low ?? null])
}

/**
 * Makes the checkpoints of schemas fit the feed's number of partitions. Rejects when a schema is not there: it was
 * never made, or a newer version has taken its place.
 */
export const alignCheckpoints = async (pool: pg.Pool, schemas: ReadonlyMap<string, string>, partitions: number): Promise<void> => {
  const names = [...schemas.keys()].sort()
  if ((await pool.query(amiss, [names, partitions])).rowCount === 0) return
  await inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [SET_UP_LOCK])
    const missing = (await client.query<{ read_model: string }>(missingSchemas, [names])).rows.map(({ read_model }) => read_model)
    if (missing.length > 0) throw new Error(`no such read model: ${missing.join(', ')}`)
    const { rows } = await client.query<{ read_model: string }>(amiss, [names, partitions])
    for (const { read_model } of rows) await redistribute(client, read_model, schemas.get(read_model) ?? read_model, partitions)
  })
}

/** By projection, of schemas that belong to projections. */
export const asCheckpoints = (rows: ReadonlyArray<CheckpointRow>, schemas: ReadonlyMap<string, string>): ReadonlyArray<Checkpoint> =>
  rows.map(({ read_model, partition, position }) => ({ projection: schemas.get(read_model) ?? read_model, partition, position: position ?? 'start' }))

/** The checkpoints of schemas, unlocked. `schemas` says which projection each belongs to. */
export const checkpointsOf = async (client: pg.ClientBase | pg.Pool, schemas: ReadonlyMap<string, string>): Promise<ReadonlyArray<Checkpoint>> => {
  const { rows } = await client.query<CheckpointRow>(
    'SELECT read_model, partition, partitions, position FROM projections.checkpoints WHERE read_model = ANY($1) ORDER BY read_model, partition',
    [[...schemas.keys()]])
  return asCheckpoints(rows, schemas)
}
