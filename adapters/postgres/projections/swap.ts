import type pg from 'pg'
import { liveSchema } from '../read-model.js'
import { replacedSchema, type Target } from './target.js'

/** A read model that is being rebuilt: beside which schema, of the same version or an older one. */
export interface Beside {
  readonly rebuilt: Target
  readonly liveSchema: string
}

/** The rebuilt tables, their parked streams and, for a new version, the checkpoints take the place of the live ones. */
export const takePlace = async (client: pg.ClientBase, { rebuilt, liveSchema: live }: Beside): Promise<void> => {
  const place = liveSchema(rebuilt.model)
  await client.query(`ALTER SCHEMA ${live} RENAME TO ${replacedSchema(live)}`)
  await client.query(`ALTER SCHEMA ${rebuilt.schema} RENAME TO ${place}`)
  await client.query('DELETE FROM projections.dead_letters WHERE read_model = $1', [live])
  await client.query('UPDATE projections.dead_letters SET read_model = $2 WHERE read_model = $1', [rebuilt.schema, place])
  if (live !== place) await client.query('UPDATE projections.checkpoints SET read_model = $2 WHERE read_model = $1', [live, place])
}

/** Drops what a swap has replaced, once nobody reads it any more. */
export const dropReplaced = async (client: pg.ClientBase, { liveSchema: live }: Beside): Promise<void> => {
  await client.query(`DROP SCHEMA IF EXISTS ${replacedSchema(live)} CASCADE`)
}

export const dropRebuilt = async (client: pg.ClientBase, { rebuilt }: Beside): Promise<void> => {
  await client.query(`DROP SCHEMA IF EXISTS ${rebuilt.schema} CASCADE`)
  await client.query('DELETE FROM projections.dead_letters WHERE read_model = $1', [rebuilt.schema])
}
