import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { describe, it } from 'vitest'
import { HOST_VARIABLE, type AvailableService, type Service, type ServiceName } from './service.js'

export { dockerAvailable } from './docker.js'
export { privateElasticsearch } from './elasticsearch/elasticsearch.js'
export { privateKafka } from './kafka/kafka.js'
export { privateRedis } from './redis/redis.js'
export type { AvailableService, Breakable, Service, ServiceName, UnavailableService } from './service.js'

/** A real service, the same one for the whole run, started by the first who asks. Never rejects: `reason` says what is missing. */
export const service = async (name: ServiceName): Promise<Service> => {
  const host = process.env[HOST_VARIABLE]
  if (host === undefined) return { available: false, name, reason: 'this run has no service host (test/support/services/announce.ts)' }
  const answer = await fetch(`${host}/${name}`)
  return (await answer.json()) as Service
}

type Services<Name extends ServiceName> = Readonly<Record<Name, AvailableService>>

const absence = (services: ReadonlyArray<Service>): string =>
  services.flatMap((one) => (one.available ? [] : [`no ${one.name}: ${one.reason}`])).join('; ')

/**
 * A suite about real services. Where one cannot be had the suite is skipped, and the end of the run says why; where `CI` is
 * set it fails instead.
 */
export const describeWith = <const Name extends ServiceName>(
  names: ReadonlyArray<Name>, title: string, suite: (services: Services<Name>) => void,
): void => {
  describe(title, async () => {
    const found = await Promise.all(names.map(service))
    const missing = absence(found)
    if (missing === '') return suite(Object.fromEntries(found.map((one) => [one.name, one])) as Services<Name>)
    const needs = `needs ${names.join(' and ')}`
    if (process.env['CI'] === undefined || process.env['CI'] === '') return it.skip(`${needs} (${missing})`)
    it(needs, () => { throw new Error(missing) })
  })
}

const uniqueName = (): string => `t_${randomBytes(6).toString('hex')}`

const statement = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}

/** A new, empty database on the run's Postgres. `drop` cuts whoever is still connected; idempotent. Rejects without Postgres. */
export const freshDatabase = async (): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> => {
  const postgres = await service('postgres')
  if (!postgres.available) throw new Error(postgres.reason)
  const name = uniqueName()
  await statement(postgres.url, `CREATE DATABASE ${name}`)
  const url = new URL(postgres.url)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => statement(postgres.url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

/** Starts the names of one spec file's topics and consumer groups. */
export const freshTopicPrefix = (): string => `${uniqueName()}-`

/** Starts one spec file's keys and channels. */
export const freshRedisPrefix = (): string => `${uniqueName()}:`

/** Starts the names of one spec file's indices, aliases and templates. */
export const freshIndexPrefix = (): string => `${uniqueName()}-`

/** Removes indices and templates whose names start so. */
export const dropIndices = async (url: string, prefix: string): Promise<void> => {
  const indices = (await (await fetch(`${url}/_alias`)).json()) as Record<string, unknown>
  const remove = (path: string) => fetch(`${url}/${path}`, { method: 'DELETE' })
  for (const index of Object.keys(indices)) if (index.startsWith(prefix)) await remove(index)
  await remove(`_index_template/${prefix}*`)
}
