import { mkdtempSync, rmSync, writeFileSync, chmodSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../adapters/embedded/postgres.js'
import { processBirth } from '../../adapters/embedded/process-birth.js'
import { until } from '../support/until.js'

const query = async (url: string, sql: string): Promise<ReadonlyArray<unknown>> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

describe('embedded Postgres', () => {
  let directory = ''
  const started: Array<EmbeddedPostgres> = []
  const start = async (durable: boolean) => {
    const server = await startEmbeddedPostgres({ directory, durable })
    started.push(server)
    return server
  }
  const forgetOwner = () => writeFileSync(join(directory, 'owner.json'), JSON.stringify({ pid: process.pid, birth: 'of another life' }))

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tidings-embedded-'))
    chmodSync(directory, 0o711)
  })

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.stop()))
    rmSync(directory, { recursive: true })
  })

  it('keeps rows over a stop and a start, and stops only once', async () => {
    const first = await start(true)
    await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n')
    await Promise.all([first.stop(), first.stop()])
    const second = await start(true)
    expect(second.reused).toBe(false)
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([{ n: 7 }])
  })

  it('is durable when told so and locked by a password that only we can read', async () => {
    const server = await start(true)
    expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }])
    expect(statSync(join(directory, 'password')).mode & 0o777).toBe(0o600)
    const url = new URL(server.url)
    url.password = 'wrong'
    await expect(query(url.href, 'SELECT 1')).rejects.toThrow(/password/)
  })

  it('loses nothing acknowledged when it is killed, and starts over its stale pid file', async () => {
    const first = await start(true)
    await query(first.url, 'CREATE TABLE acknowledged AS SELECT generate_series(1, 200) AS n')
    process.kill(first.pid, 'SIGKILL')
    await until(() => processBirth(first.pid) === undefined)
    const second = await start(true)
    expect(second.reused).toBe(false)
    expect(await query(second.url, 'SELECT count(*)::int AS n FROM acknowledged')).toEqual([{ n: 200 }])
  })

  it('is taken over from a process that was killed, and then stopped by the new one', async () => {
    const first = await start(false)
    forgetOwner()
    const second = await start(false)
    expect(second).toMatchObject({ reused: true, url: first.url, pid: first.pid })
    await second.stop()
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow()
  })

  it('is left running by a guest while the process that started it lives', async () => {
    const first = await start(false)
    const guest = await start(false)
    expect(guest).toMatchObject({ reused: true, url: first.url })
    await guest.stop()
    expect(await query(first.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('does not take another program for a server because of its number', async () => {
    const first = await start(false)
    await first.stop()
    writeFileSync(join(directory, 'data', 'postmaster.pid'), `${process.pid}\n${directory}/data\n1\n5432\n`)
    const second = await start(false)
    expect(second.reused).toBe(false)
  })
})
