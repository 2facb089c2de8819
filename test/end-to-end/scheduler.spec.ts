import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { keyringFolder } from '../../adapters/embedded/keyring-folder.js'
import { limits } from '../../events/limits.js'
import { dueWorldOn } from '../support/due-world.js'
import { migratedDatabase, type MigratedDatabase } from '../support/migrated-database.js'
import { startServer, type ServerProcess } from '../support/server-process.js'
import { describeWith } from '../support/services/index.js'
import { until } from '../support/until.js'

const hourMs = 3_600_000
const stories = 6

const alarmsOf = async ({ api }: ServerProcess): Promise<ReadonlyArray<string>> => {
  const { alarms } = (await (await fetch(`${api}/healthz`)).json()) as { readonly alarms: ReadonlyArray<{ readonly name: string }> }
  return alarms.map(({ name }) => name)
}
const metricOf = async ({ api }: ServerProcess, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (.*)$`, 'm').exec(await (await fetch(`${api}/metrics`)).text())?.[1])

describeWith(['postgres'], 'processes of one deployment', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tidings-scheduler-'))
  let database: MigratedDatabase
  const servers: ServerProcess[] = []
  const start = async (...roles: ReadonlyArray<string>): Promise<ServerProcess> => {
    const server = await startServer(directory, { TIDINGS_POSTGRES_URL: database.url, TIDINGS_ROLES: roles.join(), TIDINGS_SWEEP_SECONDS: '1' })
    servers.push(server)
    return server
  }
  beforeAll(async () => {
    chmodSync(directory, 0o711)
    database = await migratedDatabase()
  })
  afterAll(async () => {
    for (const server of servers) await server.end('SIGTERM')
    await database.drop()
    rmSync(directory, { recursive: true, force: true })
  })

  it('T5: without a scheduler an alarm tells of stories that are over for an hour; once one runs they have ended, once each, and it is quiet', async () => {
    const world = await dueWorldOn(database.pool, await keyringFolder(join(directory, 'keyring')))
    world.pass(-limits.storyLifetimeMs - 2 * hourMs)
    await world.post(3, stories / 3)
    await world.close()
    const reading = await start('api', 'projector')
    await until(async () => (await alarmsOf(reading)).includes('StoriesNotSwept'), 30_000)
    expect(await metricOf(reading, 'tidings_stories_overdue_seconds')).toBeGreaterThanOrEqual((2 * hourMs) / 1_000)
    const schedulers = [await start('scheduler'), await start('scheduler')]
    await until(async () => !(await alarmsOf(reading)).includes('StoriesNotSwept'), 30_000)
    expect(await metricOf(reading, 'tidings_stories_overdue_seconds')).toBe(0)
    const { rows } = await database.pool.query<{ ends: number }>(`SELECT count(*)::integer AS ends FROM log.events WHERE type = 'StoryExpired'`)
    expect(rows).toEqual([{ ends: stories }])
    const swept = await Promise.all(schedulers.map((server) => metricOf(server, 'tidings_stories_swept_total')))
    // Only the leader swept.
    expect(swept.filter((count) => count === 0)).toHaveLength(1)
    expect(Math.max(...swept)).toBeGreaterThanOrEqual(stories)
  })
})
