import type pg from 'pg'
import type { DueStories, DueStory } from '../../../command-side/ports.js'
import { limits } from '../../../events/limits.js'
import { storiesModel } from '../../../projections/stories/writes.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'

type DueRow = readonly [storyId: string, author: string, postedAt: string]

const NIL = '00000000-0000-0000-0000-000000000000'
const BEFORE_ALL: DueStory = { postedAt: -1, storyId: NIL, author: NIL }

const due = preparedRows<DueRow>('stories.due', `
  SELECT s.story_id, s.author, s.posted_at FROM ${liveSchema(storiesModel)}.stories s
  WHERE s.posted_at <= $1::bigint AND (s.posted_at, s.story_id) > ($2::bigint, $3::uuid) ORDER BY s.posted_at, s.story_id LIMIT $4`)

/** Of the stories that are projected and have not ended, by one statement over an index in their order. */
export const postgresDueStories = (pool: pg.Pool): DueStories => ({
  due: (now, limit, after = BEFORE_ALL) => answering(async () => {
    const rows = await due(pool, [now - limits.storyLifetimeMs, after.postedAt, after.storyId, limit])
    return rows.map(([storyId, author, postedAt]) => ({ storyId, author, postedAt: Number(postedAt) }))
  }),
})
