import * as O from 'fp-ts/lib/Option.js'
import type pg from 'pg'
import type { Position, RecordedEvent } from '../../../events/event-store.js'
import { storiesStream, storyStream } from '../../../events/streams.js'
import { storiesModel } from '../../../projections/stories/writes.js'
import type { StoredStory, StoriesReader } from '../../../read-side/stories/ports.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'
import { plainBytes } from '../timeline/rows.js'
import { facts, factsOf, type FactsRow } from './facts.js'

const schema = liveSchema(storiesModel)

type EventRow = readonly [revision: number, position: Position, id: string, version: number, data: Buffer, metadata: Buffer, sealed: Buffer]
type NoEventRow = readonly [revision: number | null, position: null, ...ReadonlyArray<null>]
type ReactionRow = EventRow | NoEventRow

const event = (alias: string): string => ['revision', 'position', 'event_id', 'version', 'data', 'metadata', 'sealed'].map((column) => `${alias}.${column}`).join(', ')

const newest = preparedRows<FactsRow>('stories.newest', `
  SELECT ${facts} FROM ${schema}.stories s WHERE s.author = ANY($1::uuid[]) AND s.posted_at > $2::bigint ORDER BY s.posted_at DESC, s.story_id DESC LIMIT $3::integer`)

const ofAuthor = preparedRows<readonly [...FactsRow, ...EventRow]>('stories.of_author', `
  SELECT ${facts}, ${event('s')} FROM ${schema}.stories s WHERE s.author = $1::uuid AND s.posted_at > $2::bigint ORDER BY s.posted_at, s.story_id LIMIT $3::integer`)

const byId = preparedRows<readonly [...FactsRow, ...EventRow]>('stories.by_id', `SELECT ${facts}, ${event('s')} FROM ${schema}.stories s WHERE s.story_id = $1::uuid`)

/** What is told of ended stories goes with the next sweep. A scalar, so that it is always looked up by its key. */
const lasting = (story: string): string => `(SELECT true FROM ${schema}.ended e WHERE e.story_id = ${story}) IS NULL`

const reaction = (story: string, viewer: string): string =>
  `LEFT JOIN LATERAL (SELECT * FROM ${schema}.reactions r WHERE r.story_id = ${story} AND r.viewer = ${viewer} AND ${lasting(story)} OFFSET 0) r ON true`

const marks = preparedRows<readonly [storyId: string, seen: boolean, ...ReactionRow]>('stories.marks', `
  SELECT a.story_id, (SELECT true FROM ${schema}.views v WHERE v.story_id = a.story_id AND v.viewer = $1::uuid AND ${lasting('a.story_id')}) IS NOT NULL, ${event('r')}
  FROM unnest($2::uuid[]) WITH ORDINALITY AS a (story_id, place) ${reaction('a.story_id', '$1::uuid')} ORDER BY a.place`)

const counts = preparedRows<readonly [count: string]>('stories.counts', `
  SELECT (SELECT count(*) FROM ${schema}.views v WHERE v.story_id = a.story_id AND ${lasting('a.story_id')}) FROM unnest($1::uuid[]) WITH ORDINALITY AS a (story_id, place) ORDER BY a.place`)

/** Before every position: where no page came before. */
const fromTheNewest = ['~', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const

// One statement: count and list are of one committed state. Without a view it gives one row that has none.
const viewers = preparedRows<readonly [count: string, viewer: string | null, at: string, position: Position, ...ReactionRow]>('stories.viewers', `
  SELECT c.count, v.viewer, v.at, v.position, ${event('r')}
  FROM (SELECT count(*) AS count FROM ${schema}.views a WHERE a.story_id = $1::uuid AND ${lasting('$1::uuid')}) c
  LEFT JOIN LATERAL (
    SELECT * FROM ${schema}.views w WHERE w.story_id = $1::uuid AND ${lasting('$1::uuid')} AND (w.position, w.viewer) < ($2::text COLLATE "C", $3::uuid)
    ORDER BY w.position DESC, w.viewer DESC LIMIT $4::integer
  ) v ON true
  ${reaction('$1::uuid', 'v.viewer')} ORDER BY v.position DESC, v.viewer DESC`)

const inspections = preparedRows<readonly [at: string, reason: Buffer]>('stories.inspections', `
  SELECT i.at, i.reason FROM ${schema}.inspections i WHERE i.story_id = $1::uuid AND ${lasting('$1::uuid')} ORDER BY i.at, i.id LIMIT $2::integer`)

const eventOf = ([revision, position, id, version, data, metadata, sealed]: EventRow) => ({
  revision: BigInt(revision), position, id, version, data: plainBytes(data), metadata: plainBytes(metadata), sealed: plainBytes(sealed),
})

const storedStory = ([storyId, author, tier, postedAt, ...posted]: readonly [...FactsRow, ...EventRow]): StoredStory => ({
  ...factsOf([storyId, author, tier, postedAt]), posted: { ...eventOf(posted), stream: storiesStream(author), type: 'StoryPosted' },
})

const isThere = (row: ReactionRow): row is EventRow => row[1] !== null

const reactionOf = (storyId: string, row: ReactionRow): RecordedEvent | undefined =>
  isThere(row) ? { ...eventOf(row), stream: storyStream(storyId), type: 'StoryReacted' } : undefined

/** Stories as they are committed, by one statement an answer. */
export const postgresStoriesReader = (pool: pg.Pool): StoriesReader => ({
  newest: (authors, since, limit) => answering(async () => (await newest(pool, [authors, since, limit])).map(factsOf)),
  ofAuthor: (author, since, limit) => answering(async () => (await ofAuthor(pool, [author, since, limit])).map(storedStory)),
  find: (storyId) => answering(async () => O.map(storedStory)(O.fromNullable((await byId(pool, [storyId]))[0]))),
  marks: (viewer, storyIds) => answering(async () =>
    (await marks(pool, [viewer, storyIds])).map(([storyId, seen, ...row]) => ({ storyId, seen, reaction: reactionOf(storyId, row) }))),
  counts: (storyIds) => answering(async () => (await counts(pool, [storyIds])).map(([count]) => Number(count))),
  viewers: (storyId, { before, limit }) => answering(async () => {
    const rows = await viewers(pool, [storyId, ...(before === undefined ? fromTheNewest : [before.position, before.viewer]), limit])
    return {
      count: Number(rows[0]?.[0] ?? 0),
      views: rows.flatMap(([, viewer, at, position, ...row]) => (viewer === null ? [] : [{ viewer, at: Number(at), position, reaction: reactionOf(storyId, row) }])),
    }
  }),
  inspections: (storyId, limit) => answering(async () =>
    (await inspections(pool, [storyId, limit])).map(([at, reason]) => ({ at: Number(at), reason: reason.toString('utf8') }))),
})
