import type pg from 'pg'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { postgresPool } from '../../adapters/postgres/pool.js'
import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { postgresProjectionStore } from '../../adapters/postgres/projections/store.js'
import type { PostgresReadModel } from '../../adapters/postgres/read-model.js'
import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { tcpProxy } from '../support/tcp-proxy.js'
import { until } from '../support/until.js'
import { rebuildOf } from './projection-runtime/lag-and-rebuild.js'
import { aConversation, aMessage, append } from './projection-runtime/messages.js'
import { traffic } from './projection-runtime/projecting.js'
import { brokenChains, journalOf, latestOf, noting, worldOf, type World } from './projection-runtime/world.js'
import { journal, latest, tableOf, type Note, type Rows } from './projection-store/read-models.js'
import { done, sorted } from './projection-store/subject.js'

const CUTS = 40
const READERS = 3
const REBUILDS = 4

const newerLatest: PostgresReadModel<Note> = { ...latest, version: 2, ddl: latest.ddl.replace('text text NOT NULL', 'text text NOT NULL, newer boolean NOT NULL DEFAULT true') }

describeWith(['postgres'], 'projections on a Postgres that fails', () => {
  const cleanUp: (() => Promise<unknown> | void)[] = []
  let database: MigratedDatabase
  beforeEach(async () => {
    database = await migratedDatabase()
    cleanUp.push(database.drop)
    await ensureReadModels(database.pool, [journal, latest])
  })
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step()
  })

  const rowsOf = async (schema: string, table: string) => sorted((await database.pool.query(`SELECT stream, revision, text FROM ${schema}.${table}`)).rows as Rows)

  /** The log stays; the projections reach their database by a pool of their own. */
  const open = async (pool: pg.Pool = database.pool): Promise<World> => {
    const eventStore = await postgresEventStore({ pool: database.pool })
    const store = postgresProjectionStore({ pool, readModels: [journal, latest] })
    const world = worldOf({ eventStore, store: () => store, rows: (name) => rowsOf(`${name}_v1`, tableOf[name] ?? ''), close: eventStore.close })
    cleanUp.push(world.close)
    return world
  }

  it('the database goes away and comes back: nothing is announced meanwhile, nothing is lost or doubled, the chain holds', async () => {
    const proxy = await tcpProxy()
    const url = new URL(database.url)
    proxy.lead(Number(url.port))
    const direct = url.port
    url.port = String(proxy.port)
    const pool = postgresPool({ url: url.href })
    cleanUp.push(() => proxy.close(), () => pool.end())
    const world = await open(pool)
    world.start({ maxEvents: 5 })
    const all = [...(await traffic(world, 2))]
    await world.reached(all.at(-1))
    proxy.lead(undefined)
    const announced = world.announced.length
    all.push(...(await traffic(world, 2)))
    await until(() => world.problems.length > 2)
    expect(world.announced).toHaveLength(announced)
    expect(world.problems.every((problem) => problem._tag === 'NotCommitted' && problem.error._tag === 'ProjectionStoreUnavailable')).toBe(true)
    proxy.lead(Number(direct))
    await world.reached(all.at(-1))
    expect([await world.rows('journal'), await world.rows('latest')]).toEqual([journalOf(all), latestOf(all)])
    await until(() => world.announced.flatMap(({ events }) => events).length === all.length)
    expect(brokenChains(world.announced)).toEqual([])
  })

  it(`connections killed ${CUTS} times while projecting: every event once, in order`, async () => {
    const pool = postgresPool({ url: database.url, name: 'projector' })
    cleanUp.push(() => pool.end())
    const world = await open(pool)
    world.start({ maxEvents: 3, feed: world.feed(4) })
    const all: Awaited<ReturnType<typeof traffic>>[number][] = []
    for (let cut = 0; cut < CUTS; cut += 1) {
      all.push(...(await append(world.eventStore, aConversation(), aMessage(), aMessage(), aMessage(), aMessage())))
      await database.pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'projector' AND backend_xid IS NOT NULL`)
    }
    await world.reached(all.at(-1))
    expect([await world.rows('journal'), await world.rows('latest')]).toEqual([journalOf(all), latestOf(all)])
    expect(world.problems.filter(({ _tag }) => _tag === 'Parked')).toEqual([])
    expect(world.problems.length).toBeGreaterThan(0)
  })

  it('a database that lost its newest commits is noticed: the lost ones are projected again', async () => {
    const world = await open()
    world.start()
    const kept = await traffic(world, 1)
    await world.reached(kept.at(-1))
    await until(() => world.announced.at(-1)?.through === kept.at(-1)?.position)
    const before = await database.pool.query('SELECT * FROM journal_v1.entries')
    const lost = await traffic(world, 1)
    await world.reached(lost.at(-1))
    // As after a crash of a server that had not flushed them (synchronous_commit = off).
    await database.pool.query('BEGIN; UPDATE projections.checkpoints SET position = \'' + String(kept.at(-1)?.position) + '\'; TRUNCATE journal_v1.entries; COMMIT')
    await journal.apply(database.pool as unknown as pg.ClientBase, 'journal_v1', before.rows as Note[])
    const later = await traffic(world, 1)
    await world.reached(later.at(-1))
    expect([await world.rows('journal'), await world.rows('latest')]).toEqual([journalOf([...kept, ...lost, ...later]), latestOf([...kept, ...lost, ...later])])
    expect(world.problems).toMatchObject([{ _tag: 'NotCommitted', error: { _tag: 'CheckpointMoved' } }])
  })

  it('a read model whose tables are not there stops the projector without parking anything, until they are there again', async () => {
    const world = await open()
    await database.pool.query('ALTER TABLE latest_v1.notes RENAME TO elsewhere')
    world.start()
    const all = await traffic(world, 1)
    await until(() => world.problems.length > 1)
    expect(world.problems.every(({ _tag }) => _tag === 'NotCommitted')).toBe(true)
    await database.pool.query('ALTER TABLE latest_v1.elsewhere RENAME TO notes')
    await world.reached(all.at(-1))
    expect([await world.rows('journal'), await world.rows('latest'), await done(world.parked.parked())]).toEqual([journalOf(all), latestOf(all), []])
  })

  it(`L2: ${REBUILDS} rebuilds while a projector and ${READERS} readers are at work: equal each time, nobody sees an error`, async () => {
    const world = await open()
    const feed = world.feed(4)
    world.start({ feed, maxEvents: 20 })
    const all = [...(await traffic(world, 2))]
    let [reads, busy] = [0, true]
    const reader = async () => {
      while (busy) {
        await database.pool.query({ name: 'read', text: 'SELECT count(*) FROM journal_v1.entries e JOIN latest_v1.notes n USING (stream)' })
        reads += 1
      }
    }
    const writer = async () => {
      while (busy) all.push(...(await append(world.eventStore, aConversation(), aMessage(), aMessage(), aMessage())))
    }
    const working = Promise.all([writer(), ...Array.from({ length: READERS }, reader)])
    for (let turn = 0; turn < REBUILDS; turn += 1) {
      const report = await done(rebuildOf(world, { partitions: 4, partitionOf: feed.partitionOf }))
      expect(report.swapped).toBe(true)
      expect(report.comparisons.map(({ onlyLive, onlyRebuilt }) => [onlyLive, onlyRebuilt])).toEqual([[0, 0], [0, 0]])
    }
    busy = false
    await working
    await world.reached(all.at(-1))
    expect([await world.rows('journal'), await world.rows('latest'), world.problems]).toEqual([journalOf(all), latestOf(all), []])
    expect(reads).toBeGreaterThan(READERS * REBUILDS)
    const { rows } = await database.pool.query(`SELECT nspname FROM pg_namespace WHERE nspname ~ '_(rebuild|replaced)$'`)
    expect(rows).toEqual([])
  })

  describe('a new version of a read model', () => {
    it('is left to a rebuild, which fills it from the log beside the old one and takes its place and checkpoints', async () => {
      const world = await open()
      const projector = world.start()
      const all = [...(await traffic(world, 2))]
      await world.reached(all.at(-1))
      await projector.stop()
      expect(await ensureReadModels(database.pool, [journal, newerLatest])).toEqual({ created: [], outdated: ['latest'] })
      const store = postgresProjectionStore({ pool: database.pool, readModels: [journal, newerLatest] })
      const newer = noting('latest', 2, () => undefined)
      expect(await done(rebuildOf(world, { projections: [newer], store }))).toMatchObject({ swapped: true, comparisons: [], events: all.length })
      expect(await ensureReadModels(database.pool, [journal, newerLatest])).toEqual({ created: [], outdated: [] })
      const [first = noting('journal', 1, () => undefined)] = world.projections
      world.start({ store, projections: [first, newer] })
      all.push(...(await traffic(world, 1)))
      await until(async () => (await rowsOf('journal_v1', 'entries')).length === all.length)
      expect(await rowsOf('latest_v2', 'notes')).toEqual(latestOf(all))
      expect((await database.pool.query(`SELECT to_regnamespace('latest_v1') AS old`)).rows).toEqual([{ old: null }])
    })

    it('a projector of the older release stops without writing, and says why', async () => {
      const world = await open()
      world.start()
      const all = await traffic(world, 1)
      await world.reached(all.at(-1))
      const store = postgresProjectionStore({ pool: database.pool, readModels: [journal, newerLatest] })
      await done(rebuildOf(world, { projections: [noting('latest', 2, () => undefined)], store }))
      await append(world.eventStore, aConversation(), aMessage())
      await until(() => world.problems.length > 0)
      expect(world.problems[0]).toMatchObject({ _tag: 'NotCommitted', error: { _tag: 'CheckpointMoved' } })
      expect((await rowsOf('latest_v2', 'notes'))).toEqual(latestOf(all))
    })
  })

  it('a read model of which no version is live cannot be rebuilt: it is begun by the feed', async () => {
    const world = await open()
    const unborn = { ...journal, name: 'unborn' }
    const store = postgresProjectionStore({ pool: database.pool, readModels: [unborn] })
    const projections = [noting('unborn', 1, () => undefined)]
    expect(await rebuildOf(world, { projections, store })()).toEqual(E.left({ _tag: 'NothingLive', projection: 'unborn' }))
  })

  it('several processes that start at once make the read models once', async () => {
    const empty = await migratedDatabase()
    cleanUp.push(empty.drop)
    const made = await Promise.all(Array.from({ length: 4 }, () => ensureReadModels(empty.pool, [journal, latest])))
    expect(made.flatMap(({ created }) => created).sort()).toEqual(['journal', 'latest'])
  })
})
