import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import type { EmbeddedPostgres } from '../../adapters/embedded/postgres.js'
import { startEmbeddedPostgres } from '../../adapters/embedded/postgres.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { migrate } from '../../adapters/postgres/migrate.js'
import { postgresPool } from '../../adapters/postgres/pool.js'
import type { EventStore, NewEvent, StreamName } from '../../events/event-store.js'
import { tcpProxy } from '../support/tcp-proxy.js'
import { until } from '../support/until.js'
import { firstSightings, startFollower } from './event-store/follower.js'
import { anEvent, aStream, wholeStream } from './event-store/subject.js'

const WRITERS = 32
const KILLS = 3

/** Appends one event after another, each until it is acknowledged; notes what was acknowledged at which revision. */
const keepWriting = async (store: EventStore, stream: StreamName, acknowledged: NewEvent[], refusals: string[], enough: () => boolean) => {
  while (!enough()) {
    const event = anEvent()
    const last = BigInt(acknowledged.length) - 1n
    for (;;) {
      const answer = await store.append(stream, last < 0n ? 'no-stream' : { revision: last }, [event])()
      if (E.isRight(answer)) break
      refusals.push(answer.left._tag)
      await new Promise(setImmediate)
    }
    acknowledged.push(event)
  }
}

describe('the log on a durable Postgres that is killed', () => {
  const cleanUp: (() => Promise<unknown> | void)[] = []
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step()
  })

  const startServer = async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tidings-killed-'))
    chmodSync(directory, 0o711)
    const proxy = await tcpProxy()
    let server: EmbeddedPostgres
    const start = async () => {
      server = await startEmbeddedPostgres({ directory, durable: true })
      proxy.lead(Number(new URL(server.url).port))
      return server
    }
    const kill = () => process.kill(server.pid, 'SIGKILL')
    const url = new URL((await start()).url)
    url.port = String(proxy.port)
    cleanUp.push(() => rmSync(directory, { recursive: true }), () => proxy.close(), () => server.stop())
    return { url: url.href, start, kill }
  }

  it(`kill -9 of Postgres ${KILLS} times under ${WRITERS} writers: everything acknowledged is there once, in order; the follower saw it`, async () => {
    const { url, start, kill } = await startServer()
    const pool = postgresPool({ url })
    await migrate(pool)
    const store = await postgresEventStore({ pool })
    cleanUp.push(() => pool.end(), () => store.close())
    const writers = Array.from({ length: WRITERS }, () => ({ stream: aStream(), acknowledged: [] as NewEvent[], refusals: [] as string[] }))
    const follower = startFollower(store, 'start', writers.map(({ stream }) => stream))
    const total = () => writers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)
    let enough = false
    const writing = Promise.all(writers.map((one) => keepWriting(store, one.stream, one.acknowledged, one.refusals, () => enough)))
    for (let round = 0; round < KILLS; round += 1) {
      const before = total()
      await until(() => total() > before + 500)
      kill()
      await until(() => writers.every(({ refusals }) => refusals.length > round))
      await start()
    }
    const last = total()
    await until(() => total() > last + 500)
    enough = true
    await writing
    expect(new Set(writers.flatMap(({ refusals }) => refusals))).toEqual(new Set(['StoreUnavailable']))
    for (const { stream, acknowledged } of writers) {
      expect((await wholeStream(store, stream)).map(({ id }) => id)).toEqual(acknowledged.map(({ id }) => id))
    }
    await until(() => firstSightings(follower.seen).length >= total())
    await follower.stop()
    expect(firstSightings(follower.seen)).toHaveLength(total())
    expect(follower.caughtUp).toHaveLength(1)
  })

  it('a store that was opened before its Postgres answers at once, and works when it comes', async () => {
    const proxy = await tcpProxy()
    const { url } = await startServer()
    const hidden = new URL(url)
    const port = Number(hidden.port)
    hidden.port = String(proxy.port)
    const direct = postgresPool({ url })
    await migrate(direct)
    const pool = postgresPool({ url: hidden.href })
    const store = await postgresEventStore({ pool })
    cleanUp.push(() => proxy.close(), () => direct.end(), () => pool.end(), () => store.close())
    const event = anEvent()
    const append = store.append(aStream(), 'no-stream', [event])
    expect(await append()).toMatchObject(E.left({ _tag: 'StoreUnavailable', reason: 'no connection to Postgres' }))
    proxy.lead(port)
    await until(async () => E.isRight(await append()))
  })
})
