import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { dedicatedClient, postgresPool } from '../../adapters/postgres/pool.js'
import type { EventStore } from '../../events/event-store.js'
import type { MigratedDatabase } from '../support/migrated-database.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { until } from '../support/until.js'
import { startFollower } from './event-store/follower.js'
import { anEvent, appended, at, aStream, events, refused, wholeStream } from './event-store/subject.js'

describeWith(['postgres'], 'the log in Postgres', () => {
  let database: MigratedDatabase
  let store: EventStore
  beforeAll(async () => {
    database = await migratedDatabase()
    store = await postgresEventStore({ pool: database.pool })
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })

  /** Holds the lock that every write takes first, as a transaction of another process does. */
  const holdTheHead = async () => {
    const holder = await dedicatedClient(database.pool)
    await holder.query('BEGIN')
    await holder.query('SELECT FROM log.head FOR UPDATE')
    return () => holder.end()
  }

  it('appends that arrive while a write is in flight share one transaction, and each has its own outcome', async () => {
    const [streams, taken] = [Array.from({ length: 50 }, () => aStream()), aStream()]
    await appended(store, taken, 'no-stream', events(1))
    const release = await holdTheHead()
    const first = appended(store, aStream(), 'no-stream', events(1))
    await until(async () => (await database.pool.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).rowCount === 1)
    const written = streams.map((stream) => appended(store, stream, 'no-stream', events(2)))
    const refusal = refused(store, taken, 'no-stream', events(1))
    await release()
    await Promise.all([first, ...written])
    expect(await refusal).toEqual({ _tag: 'WrongExpectedRevision', actual: 0n })
    const { rows } = await database.pool.query(
      'SELECT count(DISTINCT e.xmin::text)::int AS transactions FROM log.events e JOIN log.streams s USING (stream) WHERE s.name = ANY ($1)', [streams])
    expect(rows).toEqual([{ transactions: 1 }])
  })

  it('unfenced appends of one stream share a transaction and follow one another', async () => {
    const stream = aStream('story')
    const answers = await Promise.all(Array.from({ length: 40 }, () => appended(store, stream, 'any', events(2))))
    expect(answers.map(({ firstRevision }) => Number(firstRevision))).toEqual(Array.from({ length: 40 }, (_, index) => 2 * index))
  })

  it('two processes: positions are dense, in commit order, and no follower skips one', async () => {
    const other = postgresPool({ url: database.url })
    const second = await postgresEventStore({ pool: other })
    const { position } = await appended(store, aStream(), 'no-stream', events(1))
    const [streams, shared] = [Array.from({ length: 20 }, () => aStream()), aStream('story')]
    const followers = [store, second].map((one) => startFollower(one, position, [...streams, shared]))
    const write = async (one: EventStore, stream: ReturnType<typeof aStream>) => {
      for (let revision = -1; revision < 19; revision += 1) await appended(one, stream, revision === -1 ? 'no-stream' : at(revision), events(1))
      await appended(one, shared, 'any', events(1))
    }
    await Promise.all(streams.map((stream, index) => write(index % 2 === 0 ? store : second, stream)))
    const expected = Array.from({ length: 420 }, (_, index) => BigInt(position) + 1n + BigInt(index))
    await until(() => followers.every(({ seen }) => seen.length >= 420))
    for (const { seen, stop } of followers) {
      await stop()
      expect(seen.map((event) => BigInt(event.position))).toEqual(expected)
    }
    await second.close()
    await other.end()
  })

  it('is fsynced although the database says otherwise', async () => {
    await database.pool.query(`
      CREATE TABLE durability (setting text);
      CREATE FUNCTION note_durability() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN INSERT INTO durability VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
      CREATE CONSTRAINT TRIGGER durability AFTER INSERT ON log.events DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_durability()`)
    await database.pool.query(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`)
    const pool = postgresPool({ url: database.url })
    const another = await postgresEventStore({ pool })
    await appended(another, aStream(), 'no-stream', events(1))
    expect((await pool.query('SELECT DISTINCT setting FROM durability')).rows).toEqual([{ setting: 'on' }])
    await pool.query('DROP TRIGGER durability ON log.events')
    await another.close()
    await pool.end()
  })

  it('an event that cannot be stored is a defect of its caller and fails nobody else', async () => {
    const good = Promise.all(Array.from({ length: 5 }, () => appended(store, aStream(), 'no-stream', events(1))))
    for (const bad of [{ id: 'no uuid' }, { type: 'a\0b' }, { type: '\ud800' }, { version: 1.5 }]) {
      expect(() => store.append(aStream(), 'no-stream', [anEvent(bad)])()).toThrow(TypeError)
    }
    await good
    const quoted = anEvent({ type: 'a "quoted\\", {type}' })
    const stream = aStream()
    await appended(store, stream, 'no-stream', [quoted])
    expect((await wholeStream(store, stream))[0]?.type).toBe(quoted.type)
  })

  it('what waits is bounded: one more is refused at once, and a write that takes too long is given up', async () => {
    const narrow = await postgresEventStore({ pool: database.pool, queuedAppends: 2, timeLimitMs: 300 })
    const release = await holdTheHead()
    const inFlight = narrow.append(aStream(), 'no-stream', events(1))()
    await until(async () => (await database.pool.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`)).rowCount === 1)
    const waiting = [narrow.append(aStream(), 'no-stream', events(1))(), narrow.append(aStream(), 'no-stream', events(1))()]
    expect(await refused(narrow, aStream(), 'no-stream', events(1))).toMatchObject({ _tag: 'StoreUnavailable', reason: 'too many appends wait' })
    for (const answer of await Promise.all([inFlight, ...waiting])) expect(E.isLeft(answer) && answer.left._tag).toBe('StoreUnavailable')
    await release()
    await appended(narrow, aStream(), 'no-stream', events(1))
    await narrow.close()
  })
})
