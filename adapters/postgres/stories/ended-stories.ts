import type pg from 'pg'
import type { EndedStories } from '../../../command-side/ports.js'
import { notificationsModel } from '../../../projections/notifications/writes.js'
import { storiesModel } from '../../../projections/stories/writes.js'
import { liveSchema } from '../read-model.js'
import { answering } from '../read-model-query.js'

/** Stories that are looked at together. */
const STORIES_AT_ONCE = 1_000

interface Held {
  readonly schema: string
  /** What holds rows about a story, and the indexed column that names it. */
  readonly tables: ReadonlyArray<readonly [table: string, story: string]>
}

const held: ReadonlyArray<Held> = [
  { schema: liveSchema(storiesModel), tables: [['views', 'story_id'], ['reactions', 'story_id'], ['inspections', 'story_id']] },
  { schema: liveSchema(notificationsModel), tables: [['notices', 'subject']] },
]

/** Each statement is a transaction. Who drops the same at the same time leaves rows to the next call, and with them the mark. */
const dropFrom = async (pool: pg.Pool, { schema, tables }: Held, limit: number): Promise<boolean> => {
  const { rows } = await pool.query<{ story_id: string }>(`SELECT story_id FROM ${schema}.leaving LIMIT ${STORIES_AT_ONCE}`)
  if (rows.length === 0) return false
  const stories = rows.map(({ story_id }) => story_id)
  for (const [table, story] of tables) {
    const { rowCount } = await pool.query(
      `DELETE FROM ${schema}.${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${schema}.${table} WHERE ${story} = ANY($1::uuid[]) LIMIT $2::integer))`, [stories, limit])
    if (rowCount === limit) return true
  }
  const isEmpty = tables.map(([table, story]) => `NOT EXISTS (SELECT FROM ${schema}.${table} t WHERE t.${story} = l.story_id)`)
  await pool.query(`DELETE FROM ${schema}.leaving l WHERE l.story_id = ANY($1::uuid[]) AND ${isEmpty.join(' AND ')}`, [stories])
  return true
}

/** What is projected of stories that ended: their views, reactions, inspections and notices, table by table. */
export const postgresEndedStories = (pool: pg.Pool): EndedStories => ({
  drop: (limit) => answering(async () => {
    for (const of of held) if (await dropFrom(pool, of, limit)) return true
    return false
  }),
})
