import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgresLeadership, SWEEP_LEAD } from '../../adapters/postgres/leadership/leadership.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { postgresDueStories } from '../../adapters/postgres/stories/due-stories.js'
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
  const sweeping = ({ expireStories }: CommandSide) => ({ dueStories: postgresDueStories(database.pool), expireStories, keyStore: world.keyStore, clock: world.clock })
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
