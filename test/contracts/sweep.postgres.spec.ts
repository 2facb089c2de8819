import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgresLeadership, SWEEP_LEAD } from '../../adapters/postgres/leadership/leadership.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { postgresDueStories } from '../../adapters/postgres/stories/due-stories.js'
import { postgresEndedStories } from '../../adapters/postgres/stories/ended-stories.js'
import { inTransaction } from '../../adapters/postgres/pool.js'
import { postgresNotifications } from '../../adapters/postgres/notifications/model.js'
import { postgresReaders } from '../../adapters/postgres/read-models.js'
import { postgresStories } from '../../adapters/postgres/stories/model.js'
import type { Position } from '../../events/event-store.js'
import { startSweeper, sweepStories, type CommandSide, type Swept } from '../../command-side/index.js'
import { limits } from '../../events/limits.js'
import { verifyLog } from '../../server/cli/log.js'
import { done, dueWorldOn } from '../support/due-world.js'
import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { until } from '../support/until.js'

const never = new AbortController().signal
const expired = `SELECT count(*)::integer AS ends, count(DISTINCT stream)::integer AS streams FROM log.events WHERE type = 'StoryExpired'`
const leader = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (classid::bigint << 32 | objid::bigint) = $1`

describeWith(['postgres'], 'the sweep on Postgres', () => {
  let database: MigratedDatabase
  let world: Awaited<ReturnType<typeof dueWorldOn>>
  beforeAll(async () => {
    database = await migratedDatabase()
    world = await dueWorldOn(database.pool)
  })
  afterAll(async () => {
    await world.close()
    await database.drop()
  })
  const sweeping = ({ expireStories }: CommandSide) => ({ dueStories: postgresDueStories(database.pool), endedStories: postgresEndedStories(database.pool), expireStories, keyStore: world.keyStore, clock: world.clock })
  const ends = async () => (await database.pool.query<{ ends: number; streams: number }>(expired)).rows[0]

  it('T4, T6: 8 sweepers of 8 processes at once: one StoryExpired each, keys destroyed, chains whole, rows gone, and a rebuild brings nothing back', async () => {
    const storyIds = await world.post(30, 5)
    world.pass(limits.storyLifetimeMs)
    const stores = await Promise.all(Array.from({ length: 8 }, () => postgresEventStore({ pool: database.pool })))
    const swept = await Promise.all(stores.map((eventStore) => sweepStories(sweeping(world.commandSide({ eventStore })), never)))
    await Promise.all(stores.map(({ close }) => close()))
    expect(swept.flatMap(({ failures }) => failures)).toEqual([])
    expect(await ends()).toEqual({ ends: 150, streams: 30 })
    expect((await done(world.keyStore.find(storyIds))).filter(({ _tag }) => _tag !== 'Destroyed')).toEqual([])
    expect((await verifyLog(world.eventStore, () => undefined)).breaks).toEqual([])
    await world.project()
    expect(await done(postgresDueStories(database.pool).due(world.clock(), 10))).toEqual([])
    await world.projectAgain()
    expect(await done(postgresDueStories(database.pool).due(world.clock(), 10))).toEqual([])
    expect(await ends()).toEqual({ ends: 150, streams: 30 })
  })

  it('T2: what was told of a story with 25,000 viewers is hidden with its end, and dropped in transactions of at most 10,000 rows', async () => {
    const { pool } = database
    const [storyId, author, viewers] = [uuidv7(), uuidv7(), 25_000]
    await pool.query(`INSERT INTO stories_v1.stories VALUES ($1, $2, 'public', $3, 0, '1', $1, 1, '', '', '')`, [storyId, author, world.clock()])
    await pool.query(`INSERT INTO stories_v1.views SELECT $1, md5(n::text)::uuid, 0, lpad(n::text, 20, '0') FROM generate_series(1, ${viewers}) n`, [storyId])
    await pool.query('INSERT INTO stories_v1.reactions SELECT story_id, viewer, 1 FROM stories_v1.views WHERE story_id = $1', [storyId])
    await pool.query(`INSERT INTO notifications_v1.notices (account, position, id, kind, actor, at, story_id, reaction)
      SELECT $2, position, viewer, 'reaction', viewer, 0, story_id, viewer FROM stories_v1.views WHERE story_id = $1`, [storyId, author])
    await pool.query(`CREATE TABLE gone (transaction xid8, rows integer);
      CREATE FUNCTION note_gone() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO gone SELECT pg_current_xact_id(), count(*) FROM old_rows; RETURN NULL; END'`)
    for (const table of ['stories_v1.stories', 'stories_v1.views', 'stories_v1.reactions', 'notifications_v1.notices']) {
      await pool.query(`CREATE TRIGGER gone AFTER DELETE ON ${table} REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION note_gone()`)
    }
    const { stories, notifications } = postgresReaders(pool)
    const told = async () => [await done(stories.counts([storyId])), (await done(notifications.toldStories(author, 0, 9))).length]
    expect(await told()).toEqual([[viewers], 1])
    await inTransaction(pool, async (client) => {
      await postgresStories.apply(client, 'stories_v1', [{ op: 'ended', storyId }])
      await postgresNotifications.apply(client, 'notifications_v1', [{ op: 'withdrawn', subject: storyId, position: '99999999999999999999' as Position }])
    })
    expect(await told()).toEqual([[0], 0])
    expect((await done(stories.viewers(storyId, { before: undefined, limit: 9 })))).toEqual({ count: 0, views: [] })
    const deps = sweeping(world.commandSide())
    const swept = await Promise.all([sweepStories(deps, never), sweepStories(deps, never)])
    expect(swept.flatMap(({ failures }) => failures)).toEqual([])
    expect(await done(postgresEndedStories(pool).drop(10_000))).toBe(false)
    const { rows: [sum] } = await pool.query<{ most: number; all: number }>('SELECT max(rows)::integer AS most, sum(rows)::integer AS all FROM (SELECT sum(rows) AS rows FROM gone GROUP BY transaction) t')
    expect(sum).toEqual({ most: 10_000, all: 3 * viewers + 1 })
  }, 60_000)

  it('T2, T4: the leader is cut off from Postgres in the middle of its work: another goes on, and each story ends once', async () => {
    const before = (await ends())?.ends ?? 0
    await world.post(40, 2)
    world.pass(limits.storyLifetimeMs)
    const sweeps: { who: number; swept: Swept }[] = []
    let killed = false
    const sweepers = await Promise.all([0, 1].map(async (who) => {
      const deps = sweeping(world.commandSide())
      return startSweeper({
        leadership: await postgresLeadership(database.pool, SWEEP_LEAD), everyMs: 5, onDefect: () => undefined,
        onSwept: (swept) => { sweeps.push({ who, swept }) },
        sweep: async (signal) => {
          if (killed) return sweepStories(deps, signal)
          killed = true
          const pids = (await database.pool.query<{ pid: number }>(leader, [SWEEP_LEAD])).rows
          const swept = sweepStories(deps, signal)
          await Promise.all(pids.map(({ pid }) => database.pool.query('SELECT pg_terminate_backend($1)', [pid])))
          // The work is done twice by whoever leads meanwhile.
          await until(() => sweeps.length > 0)
          return swept
        },
      })
    }))
    await until(() => sweeps.length >= 3)
    await Promise.all(sweepers.map(({ stop }) => stop()))
    expect(new Set(sweeps.map(({ who }) => who)).size).toBe(2)
    expect(sweeps.flatMap(({ swept }) => swept.failures)).toEqual([])
    expect((await ends())?.ends).toBe(before + 80)
    expect((await verifyLog(world.eventStore, () => undefined)).breaks).toEqual([])
    expect((await database.pool.query(leader, [SWEEP_LEAD])).rows).toEqual([])
  })
})
