import type pg from 'pg'
import type { Position, StreamName } from '../../../events/event-store.js'
import type { ParkedStream } from '../../../projections/ports.js'
import type { Known, WaitingLine } from '../../projection-store/waiting-line.js'
import type { Target } from './target.js'

interface KnownRow {
  readonly owner: string
  readonly stream: StreamName
  readonly revision: string
  readonly event_id: string | null
}

const knownQuery = {
  name: 'projections.known',
  text: `WITH parked AS (
      SELECT read_model, stream, revision FROM projections.dead_letters WHERE read_model = ANY($1) AND stream = ANY($3) ORDER BY read_model, stream FOR UPDATE
    )
    SELECT read_model AS owner, stream, revision, NULL AS event_id FROM parked
    UNION ALL
    SELECT projection, stream, revision, event_id FROM projections.skipped WHERE projection = ANY($2) AND stream = ANY($3)`,
} as const

/** What is parked and skipped among these streams, by schema. Parked rows stay locked, so that no stream is released meanwhile. */
export const knownOf = async (
  client: pg.ClientBase, targets: ReadonlyArray<Target>, streams: ReadonlyArray<StreamName>,
): Promise<(target: Target) => Omit<Known, 'checkpoint'>> => {
  const values = [targets.map(({ schema }) => schema), targets.map(({ model }) => model.name), streams]
  const { rows } = streams.length === 0 ? { rows: [] } : await client.query<KnownRow>({ ...knownQuery, values })
  return ({ schema, model }) => ({
    parked: new Map(rows.flatMap(({ owner, stream, revision, event_id }) => (event_id === null && owner === schema ? [[stream, BigInt(revision)]] : []))),
    skipped: new Set(rows.flatMap(({ owner, event_id }) => (event_id !== null && owner === model.name ? [event_id] : []))),
  })
}

const insertion = `INSERT INTO projections.dead_letters (read_model, stream, revision, position, event_id, type, reason, held_back_through)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $3)`

const holding = `UPDATE projections.dead_letters d SET held_back_through = greatest(d.held_back_through, held.revision)
  FROM unnest($2::text[], $3::bigint[]) AS held (stream, revision) WHERE d.read_model = $1 AND d.stream = held.stream`

/** Keeps what the transaction parked and held back. */
export const keepParked = async (client: pg.ClientBase, { schema }: Target, line: WaitingLine): Promise<void> => {
  for (const { event, reason } of line.newlyParked()) {
    await client.query(insertion, [schema, event.stream, event.revision, event.position, event.id, event.type, reason])
  }
  const held = line.heldBack()
  if (held.size > 0) await client.query(holding, [schema, [...held.keys()], [...held.values()].map(String)])
}

interface ParkedRow {
  readonly read_model: string
  readonly stream: StreamName
  readonly revision: string
  readonly position: Position
  readonly event_id: string
  readonly type: string
  readonly reason: string
  readonly parked_at: Date
  readonly held_back_through: string
}

const columns = 'read_model, stream, revision, position, event_id, type, reason, parked_at, held_back_through'

const parkedOf = (targets: ReadonlyArray<Target>, row: ParkedRow): ParkedStream => ({
  projection: targets.find(({ schema }) => schema === row.read_model)?.model.name ?? row.read_model,
  stream: row.stream,
  revision: BigInt(row.revision),
  position: row.position,
  eventId: row.event_id,
  type: row.type,
  reason: row.reason,
  parkedAt: row.parked_at.getTime(),
  through: BigInt(row.held_back_through),
})

/** All that is parked, or of the given streams only; oldest first. */
export const parkedStreams = async (
  client: pg.ClientBase | pg.Pool, targets: ReadonlyArray<Target>, streams?: ReadonlyArray<StreamName>,
): Promise<ReadonlyArray<ParkedStream>> => {
  const { rows } = await client.query<ParkedRow>(
    `SELECT ${columns} FROM projections.dead_letters WHERE read_model = ANY($1) AND ($2::text[] IS NULL OR stream = ANY($2)) ORDER BY parked_at, position`,
    [targets.map(({ schema }) => schema), streams ?? null],
  )
  return rows.map((row) => parkedOf(targets, row))
}

/** The row of a parked stream, locked; undefined when it is not parked. */
export const lockParked = async (client: pg.ClientBase, target: Target, stream: StreamName): Promise<ParkedStream | undefined> => {
  const { rows } = await client.query<ParkedRow>(
    `SELECT ${columns} FROM projections.dead_letters WHERE read_model = $1 AND stream = $2 FOR UPDATE`, [target.schema, stream])
  return rows[0] && parkedOf([target], rows[0])
}

export const unpark = async (client: pg.ClientBase, { schema }: Target, stream: StreamName): Promise<void> => {
  await client.query('DELETE FROM projections.dead_letters WHERE read_model = $1 AND stream = $2', [schema, stream])
}

/** The stream waits at a later event now; in the same row, which others may be waiting for. */
export const parkAgain = async (client: pg.ClientBase, { schema }: Target, line: WaitingLine): Promise<void> => {
  for (const { event, reason } of line.newlyParked()) {
    await client.query(
      `UPDATE projections.dead_letters SET revision = $3, position = $4, event_id = $5, type = $6, reason = $7, parked_at = now()
        WHERE read_model = $1 AND stream = $2`,
      [schema, event.stream, event.revision, event.position, event.id, event.type, reason])
  }
}

/** Leaves the event that the stream waits at out for ever. */
export const skip = async (client: pg.ClientBase, parked: ParkedStream, because: string): Promise<void> => {
  await client.query(
    `INSERT INTO projections.skipped (projection, stream, revision, position, event_id, type, reason, skipped_because)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
    [parked.projection, parked.stream, parked.revision, parked.position, parked.eventId, parked.type, parked.reason, because])
}
