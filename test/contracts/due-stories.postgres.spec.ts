import * as E from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { postgresPool } from '../../adapters/postgres/pool.js'
import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { liveSchema } from '../../adapters/postgres/read-model.js'
import { postgresDueStories } from '../../adapters/postgres/stories/due-stories.js'
import { postgresStories } from '../../adapters/postgres/stories/model.js'
import type { StoriesWrite } from '../../projections/stories/writes.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { dueStoriesContract } from './due-stories/index.js'

const openStories = async () => {
  const { pool, drop } = await migratedDatabase()
  await ensureReadModels(pool, [postgresStories])
  return {
    pool, dueStories: postgresDueStories(pool),
    apply: async (writes: ReadonlyArray<StoriesWrite>) => {
      const client = await pool.connect()
      await postgresStories.apply(client, liveSchema(postgresStories), writes).finally(() => client.release())
    },
    close: drop,
  }
}

describeWith(['postgres'], 'Postgres', () => {
  dueStoriesContract('Postgres', openStories)

  it('what is not due is not looked at, and nothing is sorted', async () => {
    const { pool, dueStories, close } = await openStories()
    await pool.query(`INSERT INTO ${liveSchema(postgresStories)}.stories
      SELECT gen_random_uuid(), gen_random_uuid(), 'public', n, 0, '0', gen_random_uuid(), 1, '', '', '' FROM generate_series(1, 20000) n; ANALYZE`)
    const one = postgresPool({ url: pool.options.connectionString ?? '', connections: 1 })
    await one.query('SET plan_cache_mode = force_generic_plan')
    expect(E.isRight(await dueStories.due(Date.now(), 10)())).toBe(true)
    await postgresDueStories(one).due(Date.now(), 10)()
    const { rows } = await one.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "stories.due"(1000, -1, '00000000-0000-0000-0000-000000000000', 10)`)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    expect(plan).toContain('stories_posted_at')
    expect(plan).not.toMatch(/Seq Scan|Sort/)
    await one.end()
    await close()
  })

  it('a server that is away is a typed answer', async () => {
    const pool = postgresPool({ url: 'postgres://nobody@127.0.0.1:1/nothing' })
    expect(await postgresDueStories(pool).due(0, 1)()).toMatchObject({ left: { _tag: 'Unavailable' } })
    await pool.end()
  })
})
