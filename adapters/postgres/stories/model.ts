import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { RecordedEvent } from '../../../events/event-store.js'
import type { StoriesWrite } from '../../../projections/stories/writes.js'
import { storiesModel } from '../../../projections/stories/writes.js'
import { columns } from '../array-literal.js'
import { byteaArray } from '../binary-array.js'
import { only } from '../only.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

type Op<Name extends StoriesWrite['op']> = Extract<StoriesWrite, { readonly op: Name }>

/** Of what is told of a story there may be more than one transaction should drop: it waits as `leaving`. */
const insertEnded = {
  name: 'ended',
  text: `
    WITH ended AS (INSERT INTO :schema.ended (story_id) SELECT DISTINCT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING story_id)
    INSERT INTO :schema.leaving (story_id) SELECT story_id FROM ended ON CONFLICT DO NOTHING`,
}
const dropStories = { name: 'drop_stories', text: 'DELETE FROM :schema.stories WHERE story_id = ANY($1::uuid[])' }

const living = (alias: string): string => `NOT EXISTS (SELECT FROM :schema.ended e WHERE e.story_id = ${alias}.story_id)`

const insertStories = {
  name: 'stories',
  text: `
    INSERT INTO :schema.stories (story_id, author, tier, posted_at, revision, position, event_id, version, data, metadata, sealed)
    SELECT s.* FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::integer[], $6::text[], $7::uuid[], $8::integer[], $9::bytea[], $10::bytea[], $11::bytea[])
      AS s (story_id, author, tier, posted_at, revision, position, event_id, version, data, metadata, sealed)
    WHERE ${living('s')} ON CONFLICT DO NOTHING`,
}

const insertViews = {
  name: 'views',
  text: `
    INSERT INTO :schema.views (story_id, viewer, at, position)
    SELECT v.* FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) AS v (story_id, viewer, at, position)
    WHERE ${living('v')} ON CONFLICT DO NOTHING`,
}

const upsertReactions = {
  name: 'reactions',
  text: `
    INSERT INTO :schema.reactions AS r (story_id, viewer, revision, position, event_id, version, data, metadata, sealed)
    SELECT n.* FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::uuid[], $6::integer[], $7::bytea[], $8::bytea[], $9::bytea[])
      AS n (story_id, viewer, revision, position, event_id, version, data, metadata, sealed)
    WHERE ${living('n')}
    ON CONFLICT (story_id, viewer) DO UPDATE SET revision = excluded.revision, position = excluded.position, event_id = excluded.event_id,
      version = excluded.version, data = excluded.data, metadata = excluded.metadata, sealed = excluded.sealed
    WHERE r.revision < excluded.revision`,
}

const insertInspections = {
  name: 'inspections',
  text: `
    INSERT INTO :schema.inspections (story_id, id, at, reason)
    SELECT i.* FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bytea[]) AS i (story_id, id, at, reason)
    WHERE ${living('i')} ON CONFLICT DO NOTHING`,
}

const eventParameters = (events: ReadonlyArray<RecordedEvent | undefined>): ReadonlyArray<unknown> => [
  ...columns(events, (event) => event?.position, (event) => event?.id, (event) => event?.version),
  byteaArray(events.map((event) => event?.data)),
  byteaArray(events.map((event) => event?.metadata)),
  byteaArray(events.map((event) => event?.sealed)),
]

/** One write of each story and viewer: a statement keeps no order of its rows, and changes a row once. */
const folded = <W extends Op<'reaction'> | Op<'viewed'>>(writes: ReadonlyArray<W>, wins: (later: W, earlier: W) => boolean): ReadonlyArray<W> => {
  const byRow = new Map<string, W>()
  for (const write of writes) {
    const key = `${write.storyId} ${write.viewer}`
    const earlier = byRow.get(key)
    if (earlier === undefined || wins(write, earlier)) byRow.set(key, write)
  }
  return [...byRow.values()]
}

type Apply = (client: pg.ClientBase, schema: string, writes: ReadonlyArray<StoriesWrite>) => Promise<void>

const endStories: Apply = async (client, schema, writes) => {
  const ended = only(writes, 'ended')
  if (ended.length === 0) return
  const ids = columns(ended, ({ storyId }) => storyId)
  for (const statement of [insertEnded, dropStories]) await run(client, schema, statement, ids)
}

const writeStories: Apply = async (client, schema, writes) => {
  const posted = only(writes, 'posted')
  if (posted.length === 0) return
  await run(client, schema, insertStories, [
    ...columns(posted, ({ storyId }) => storyId, ({ author }) => author, ({ tier }) => tier, ({ postedAt }) => postedAt, ({ recorded }) => Number(recorded.revision)),
    ...eventParameters(posted.map(({ recorded }) => recorded)),
  ])
}

const writeLooks: Apply = async (client, schema, writes) => {
  const views = folded(only(writes, 'viewed'), () => false)
  if (views.length > 0) await run(client, schema, insertViews, columns(views, ({ storyId }) => storyId, ({ viewer }) => viewer, ({ at }) => at, ({ position }) => position))
  const reactions = folded(only(writes, 'reaction'), (later, earlier) => later.revision > earlier.revision)
  if (reactions.length > 0) {
    await run(client, schema, upsertReactions, [
      ...columns(reactions, ({ storyId }) => storyId, ({ viewer }) => viewer, ({ revision }) => revision), ...eventParameters(reactions.map(({ recorded }) => recorded)),
    ])
  }
  const looks = only(writes, 'inspected')
  if (looks.length === 0) return
  await run(client, schema, insertInspections, [
    ...columns(looks, ({ storyId }) => storyId, ({ id }) => id, ({ at }) => at), byteaArray(looks.map(({ reason }) => Buffer.from(reason))),
  ])
}

export const postgresStories: PostgresReadModel<StoriesWrite> = {
  ...storiesModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['stories', 'ended', 'views', 'reactions', 'inspections'],
  lasting: { views: living('t'), reactions: living('t'), inspections: living('t') },
  apply: async (client, schema, writes) => {
    // First: what ends in the batch is known to whatever the batch tells of it.
    await endStories(client, schema, writes)
    await writeStories(client, schema, writes)
    await writeLooks(client, schema, writes)
  },
}
