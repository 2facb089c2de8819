import * as O from 'fp-ts/lib/Option.js'
import type pg from 'pg'
import type { SnapshotStore } from '../../../command-side/ports.js'
import { answered } from '../answered.js'

interface SnapshotRow {
  readonly revision: string
  readonly hash: string
  readonly state: Buffer
}

const save = {
  name: 'snapshots.save',
  text: `INSERT INTO snapshots.snapshots AS s (stream, schema, revision, hash, state) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (stream, schema) DO UPDATE SET revision = excluded.revision, hash = excluded.hash, state = excluded.state
    WHERE s.revision < excluded.revision`,
} as const

const load = { name: 'snapshots.load', text: 'SELECT revision, hash, state FROM snapshots.snapshots WHERE stream = $1 AND schema = $2' } as const

/** Snapshots in Postgres (>= 14), schema `snapshots`. The pool is of a migrated database and is not closed by the store. */
export const postgresSnapshotStore = (pool: pg.Pool): SnapshotStore => ({
  save: ({ stream, schema, revision, hash, state }) =>
    answered(async () => {
      await pool.query({ ...save, values: [stream, schema, String(revision), hash, Buffer.from(state)] })
    }),
  load: (stream, schema) =>
    answered(async () => {
      const { rows: [row] } = await pool.query<SnapshotRow>({ ...load, values: [stream, schema] })
      return row === undefined ? O.none : O.some({ stream, schema, revision: BigInt(row.revision), hash: row.hash, state: row.state })
    }),
})
