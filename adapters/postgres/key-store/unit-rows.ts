import type pg from 'pg'
import type { RowState, UnitRows } from '../../key-store/unit-rows.js'
import type { WrappedUnit } from '../../key-store/wrapping.js'
import { WRAPPED_BYTES } from '../../key-store/wrapping.js'

interface FoundRow {
  readonly owner: string | null
  readonly shard: string | null
  readonly wrapped: Buffer | null
  readonly buried: boolean
  readonly created?: boolean | null
}

const query = { name: 'keys.obtain', text: 'SELECT * FROM keys.obtain($1, $2, $3, $4, $5, $6)' } as const

/** A new row comes back without its bytes: they are the ones that were sent. */
const stateOf = (found: FoundRow | undefined, unit: string, sent?: Uint8Array): RowState => {
  if (found?.buried === true) return { _tag: 'Tombstone' }
  const wrapped = found?.wrapped ?? sent
  if (found === undefined || found.owner === null || found.shard === null || wrapped === undefined) return { _tag: 'Nothing' }
  return { _tag: 'Row', row: { unit, owner: found.owner, shard: found.shard, wrapped }, created: found.created === true }
}

const unitsOf = (rows: ReadonlyArray<WrappedUnit>): string[] => rows.map(({ unit }) => unit)
const wrapsOf = (rows: ReadonlyArray<WrappedUnit>): Buffer => Buffer.concat(rows.map(({ wrapped }) => wrapped))

/** `durable` is about new rows only: burying and replacing are always flushed. */
export const postgresUnitRows = (pool: pg.Pool, durable: boolean): UnitRows => ({
  reserve: async (shard, units, limit) => {
    const { rows } = await pool.query<{ reserved: boolean }>('SELECT keys.reserve($1, $2, $3) AS reserved', [shard, units, limit])
    return rows[0]?.reserved === true
  },
  insert: async (shard, made) => {
    const values = [shard, unitsOf(made), made.map(({ owner }) => owner), wrapsOf(made), WRAPPED_BYTES, durable]
    const { rows } = await pool.query<FoundRow>({ ...query, values })
    return rows.length === 0 ? 'closed' : made.map(({ unit, wrapped }, index) => stateOf(rows[index], unit, wrapped))
  },
  find: async (units) => {
    const { rows } = await pool.query<FoundRow>({ name: 'keys.find', text: 'SELECT * FROM keys.find($1)', values: [units] })
    return units.map((unit, index) => stateOf(rows[index], unit))
  },
  bury: async (units) => {
    await pool.query('SELECT keys.bury($1)', [units])
  },
  closeShards: async (shards) => {
    const { rows } = await pool.query<{ units: string }>('SELECT keys.close_shards($1) AS units', [shards])
    return Number(rows[0]?.units ?? 0)
  },
  page: async (shard, after, limit) => {
    const { rows } = await pool.query<WrappedUnit>(
      'SELECT unit, owner, shard, wrapped FROM keys.units WHERE shard = $1 AND unit > $2 ORDER BY unit LIMIT $3', [shard, after, limit])
    return rows
  },
  replace: async (from, shard, rewrapped) => {
    const { rows } = await pool.query<{ replaced: string | null }>(
      'SELECT keys.replace($1, $2, $3, $4, $5) AS replaced', [from, shard, unitsOf(rewrapped), wrapsOf(rewrapped), WRAPPED_BYTES])
    const replaced = rows[0]?.replaced ?? null
    return replaced === null ? 'closed' : Number(replaced)
  },
  close: async () => undefined,
})
