import type pg from 'pg'
import { inTransaction } from '../pool.js'
import { liveSchema } from '../read-model.js'
import { indexesOf, liveTarget, tablesOf, untyped, type AnyReadModel } from './target.js'

const ENSURE_LOCK = 7_443_211_907

export interface EnsuredReadModels {
  /** Made now, empty: the feed fills them from its beginning. */
  readonly created: ReadonlyArray<string>
  /** Projections of which an older version is live: `rebuild` fills the new one and puts it in its place. */
  readonly outdated: ReadonlyArray<string>
}

const live = `SELECT to_regnamespace($2) IS NOT NULL AS present,
  EXISTS (SELECT FROM projections.checkpoints c WHERE c.projection = $1 AND c.read_model <> $2 AND to_regnamespace(c.read_model) IS NOT NULL) AS older`

/**
 * Makes the tables of read models that are not there, in one transaction; several processes at once wait for one another
 * (advisory lock). Leaves a read model to `rebuild` while an older version of it is live. Idempotent.
 */
export const ensureReadModels = (pool: pg.Pool, models: ReadonlyArray<AnyReadModel>): Promise<EnsuredReadModels> =>
  inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [ENSURE_LOCK])
    const [created, outdated]: [string[], string[]] = [[], []]
    for (const model of untyped(models)) {
      const { rows } = await client.query<{ present: boolean; older: boolean }>(live, [model.name, liveSchema(model)])
      if (rows[0]?.present === true) continue
      if (rows[0]?.older === true) outdated.push(model.name)
      else {
        await client.query(`${tablesOf(liveTarget(model))}; ${indexesOf(liveTarget(model))}`)
        created.push(model.name)
      }
    }
    return { created, outdated }
  })
