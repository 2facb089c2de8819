import { chmodSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type pg from 'pg'
import { startEmbeddedPostgres } from '../../adapters/embedded/postgres.js'
import { keyringFolder } from '../../adapters/embedded/keyring-folder.js'
import { recentKeys } from '../../adapters/memory/recent-keys.js'
import { recentWrappingKeys } from '../../adapters/memory/recent-wrapping-keys.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { postgresKeyStore } from '../../adapters/postgres/key-store/key-store.js'
import { migrate } from '../../adapters/postgres/migrate.js'
import { postgresPool } from '../../adapters/postgres/pool.js'
import type { EventStore } from '../../events/event-store.js'
import type { Keyring, KeyStore } from '../../events/key-store.js'
import { opaqueTokens, type OpaqueTokens } from '../../events/opaque-tokens.js'
import { systemClock, type Clock } from '../../platform/clock.js'
import type { Shutdown } from '../../platform/shutdown.js'
import { adaptersOf, type ChosenAdapters } from '../configuration/load-settings.js'
import type { Settings } from '../configuration/settings.js'

/** What every role and every operator's command stands on: the database, the keys, the log. */
export interface Foundation {
  readonly adapters: ChosenAdapters
  readonly dataDirectory: string
  readonly pool: pg.Pool
  readonly keyring: Keyring
  readonly keyStore: KeyStore
  readonly eventStore: EventStore
  /** What is recorded and shown goes by this one; rates, leases and access tokens by the machine's. */
  readonly clock: Clock
  /** Seals places of the log for clients. */
  readonly tokens: OpaqueTokens
  /** The database in words, for the greeting. */
  readonly database: string
}

const traversable = 0o711
/** How long a key that another process destroys may still open here (security.md, promise 6). */
const keysKeptMs = 500

/** The folder may be entered, but only what lies in it decides who reads it: Postgres runs as another user there. */
const dataFolder = (settings: Settings): string => {
  const directory = resolve(settings.dataDirectory)
  mkdirSync(directory, { recursive: true })
  chmodSync(directory, traversable)
  return directory
}

const database = async (settings: Settings, directory: string, { onStop }: Shutdown): Promise<{ readonly url: string; readonly words: string }> => {
  if (settings.postgresUrl !== '') return { url: settings.postgresUrl, words: `Postgres at ${new URL(settings.postgresUrl).host}` }
  const server = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), durable: true })
  onStop('embedded Postgres', server.stop)
  return { url: server.url, words: `embedded Postgres 18 in ${join(directory, 'postgres')}${server.reused ? ' (was running)' : ''}` }
}

/** The vendor's SDK is loaded where it is chosen. */
const openEventStore = async (settings: Settings, { eventStore }: ChosenAdapters, pool: pg.Pool): Promise<EventStore> => {
  if (eventStore === 'postgres') return postgresEventStore({ pool })
  const { eventStoreDbStore } = await import('../../adapters/eventstoredb/event-store.js')
  return eventStoreDbStore({ url: settings.eventstoreUrl })
}

/** Opens them in order and closes them at the stop, the last one first; migrates the database. Rejects when one cannot be reached. */
export const openFoundation = async (settings: Settings, shutdown: Shutdown, clock: Clock = systemClock): Promise<Foundation> => {
  const { onStop } = shutdown
  const adapters = adaptersOf(settings)
  const dataDirectory = dataFolder(settings)
  const { url, words } = await database(settings, dataDirectory, shutdown)
  const pool = postgresPool({ url, name: `tidings ${settings.roles.join('+')}`, connections: settings.postgresConnections })
  onStop('Postgres pool', () => pool.end())
  await migrate(pool)
  const keyring = recentWrappingKeys(await keyringFolder(join(dataDirectory, 'keyring')), keysKeptMs)
  const sameServer = adapters.eventStore === 'postgres'
  const keyStore = recentKeys(await postgresKeyStore({ pool, keyring, durable: !sameServer }), { keepMs: keysKeptMs })
  onStop('key store', keyStore.close)
  const eventStore = await openEventStore(settings, adapters, pool)
  onStop('event store', eventStore.close)
  const tokens = opaqueTokens(await keyring.derived('opaque tokens'))
  return { adapters, dataDirectory, pool, keyring, keyStore, eventStore, clock, tokens, database: words }
}
