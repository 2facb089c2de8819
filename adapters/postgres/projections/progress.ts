import type pg from 'pg'
import type { Position } from '../../../events/event-store.js'
import { progressWatch, type ProgressWatch } from '../../projection-store/progress-watch.js'
import { liveSchema } from '../read-model.js'
import type { AnyReadModel } from './target.js'

/** How long what another process committed may stay unnoticed by those who wait for it. */
export const PROGRESS_POLL_MS = 20

const lowWatermark = {
  name: 'projections.progress',
  text: `SELECT CASE WHEN count(DISTINCT read_model) = cardinality($1::text[]) AND count(*) = count(position) THEN min(position) END AS progress
    FROM projections.checkpoints WHERE read_model = ANY($1)`,
} as const

/**
 * The low watermark of these read models over all partitions. Give `notice` to the projection store of the same process
 * (`onCommitted`); what others commit is noticed by polling, only while somebody waits. Not LISTEN: a NOTIFY in every
 * commit takes a lock of the whole database, which appends hold while they flush.
 */
export const postgresProgress = (pool: pg.Pool, models: ReadonlyArray<AnyReadModel>): ProgressWatch => {
  const values = [models.map(liveSchema)]
  const ask = async (): Promise<Position | 'start'> => {
    const { rows } = await pool.query<{ progress: Position | null }>({ ...lowWatermark, values })
    return rows[0]?.progress ?? 'start'
  }
  return progressWatch(ask, PROGRESS_POLL_MS)
}
