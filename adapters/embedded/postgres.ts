import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { postgresBinaries } from './binaries.js'
import { createCluster, passwordOf } from './cluster.js'
import { becomeOwner, liveOwner, livePostmaster, resignOwner, type Postmaster } from './postmaster.js'
import { dataFolder, serverUser } from './unprivileged.js'

export interface EmbeddedPostgresOptions {
  /** Holds `data/`, the password, the server's log. Made if missing. */
  readonly directory: string
  /** True: survives a crash of the machine, password login. False: for tests, fast, loses everything, no password. */
  readonly durable: boolean
  /** Server settings by name, over the defaults. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface EmbeddedPostgres {
  /** Of the database `tidings`, as superuser, on the loopback interface. */
  readonly url: string
  /** True when a server was already running on the directory. */
  readonly reused: boolean
  readonly pid: number
  /** Fast stop: open transactions are rolled back. Idempotent. Does nothing when another live process started the server. */
  readonly stop: () => Promise<void>
}

const DATABASE = 'tidings'
const START_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 15_000
const POLL_INTERVAL_MS = 10

const lean: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '50',
  wal_level: 'minimal',
  max_wal_senders: '0',
  jit: 'off',
  io_method: 'sync',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  // The log must not repeat values of rows, and nobody rotates it: no statements, no details, no checkpoints.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
}
/** Taken as it is filled. Indices of a million messages do not lie in less, nor does what several commits at once write. */
const durable: Readonly<Record<string, string>> = { shared_buffers: '256MB' }
const forgetful: Readonly<Record<string, string>> = { shared_buffers: '32MB', fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })

const urlOf = (port: number, password: string | undefined, database: string): string =>
  `postgres://postgres${password === undefined ? '' : `:${password}`}@127.0.0.1:${port}/${database}`

const answers = async (url: string, data: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ data: string; exists: boolean }>(
      `SELECT current_setting('data_directory') AS data, EXISTS (SELECT FROM pg_database WHERE datname = '${DATABASE}') AS exists`,
    )
    if (rows[0]?.data !== data) return false
    if (!rows[0].exists) await client.query(`CREATE DATABASE ${DATABASE}`)
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

interface Place { readonly directory: string; readonly data: string; readonly log: string }

const lastWords = (place: Place): string => readFileSync(place.log, 'utf8').trim().split('\n').slice(-5).join('\n')

const launch = async (place: Place, options: EmbeddedPostgresOptions): Promise<Postmaster & { readonly ended: () => boolean }> => {
  const port = await freePort()
  const settings = { ...lean, ...(options.durable ? durable : forgetful), ...options.settings, port: String(port) }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openSync(place.log, 'w', 0o600)
  // Detached: an interrupt typed at the terminal reaches us first, and we stop the server after its clients.
  const child = spawn(postgresBinaries().postgres, ['-D', place.data, ...flags], {
    ...serverUser(), cwd: place.data, detached: true, stdio: ['ignore', log, log], env: { PATH: process.env['PATH'], TZ: 'UTC' },
  })
  closeSync(log)
  let ended = false
  child.once('error', () => { ended = true }).once('exit', () => { ended = true })
  child.unref()
  return { pid: child.pid ?? 0, port, ended: () => ended }
}

const startServer = async (place: Place, options: EmbeddedPostgresOptions, password: string | undefined): Promise<Postmaster> => {
  const deadline = Date.now() + START_TIMEOUT_MS
  let server = await launch(place, options)
  while (!(await answers(urlOf(server.port, password, 'postgres'), place.data))) {
    if (Date.now() > deadline) throw new Error(`Postgres did not answer within ${START_TIMEOUT_MS} ms:\n${lastWords(place)}`)
    await delay(POLL_INTERVAL_MS)
    // The port was taken meanwhile, or children of a killed server still hold its memory for a moment: once more.
    if (server.ended()) {
      await delay(20 * POLL_INTERVAL_MS)
      if (Date.now() > deadline) throw new Error(`Postgres does not start:\n${lastWords(place)}`)
      server = await launch(place, options)
    }
  }
  return server
}

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // It ended between our look and the signal, which is what was wanted.
  }
}

const stopServer = async (place: Place, { pid }: Postmaster): Promise<void> => {
  // After a crash another process may have started a server here: that one is not ours to stop.
  const running = () => livePostmaster(place.data)?.pid === pid
  if (!running()) return
  const deadline = Date.now() + STOP_TIMEOUT_MS
  signal(pid, 'SIGINT')
  while (running()) {
    if (Date.now() > deadline) signal(pid, 'SIGQUIT')
    await delay(POLL_INTERVAL_MS)
  }
  resignOwner(place.directory)
}

const adopt = async (place: Place, found: Postmaster, password: string | undefined): Promise<boolean> => {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (livePostmaster(place.data) !== undefined) {
    const port = livePostmaster(place.data)?.port ?? found.port
    if (await answers(urlOf(port, password, 'postgres'), place.data)) return true
    if (Date.now() > deadline) throw new Error(`process ${found.pid} holds ${place.data} but does not answer on port ${port}`)
    await delay(POLL_INTERVAL_MS)
  }
  return false
}

/**
 * Starts a real Postgres on a directory, or takes over the one that an earlier, killed process left running there: same
 * port, same password, its own settings. While the process that started it is alive, others may use the server through this
 * function, and their `stop` leaves it alone. Rejects with the server's last log lines when it does not start.
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const data = dataFolder(options.directory)
  const place: Place = { directory: options.directory, data, log: join(options.directory, 'postgres.log') }
  await createCluster(place, options.durable)
  const password = passwordOf(place.directory)
  const found = livePostmaster(data)
  const reused = found !== undefined && (await adopt(place, found, password))
  const guest = reused && liveOwner(place.directory) !== undefined
  const server = reused ? livePostmaster(data) ?? found : await startServer(place, options, password)
  if (!guest) becomeOwner(place.directory)
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= guest ? Promise.resolve() : stopServer(place, server))
  return { url: urlOf(server.port, password, DATABASE), reused, pid: server.pid, stop }
}
