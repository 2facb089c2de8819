import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '../../../../adapters/embedded/postgres.js'
import { startContainer } from '../docker.js'
import { guard, removeFolder } from '../native.js'
import type { Running, ServiceDefinition } from '../service.js'

const IMAGE = 'postgres:18-alpine'
const PASSWORD = 'only-for-tests'
// Many spec files at once, each with pools of its own.
const MAX_CONNECTIONS = '200'

const native = async (): Promise<Running> => {
  const directory = mkdtempSync(join(tmpdir(), 'tidings-run-postgres-'))
  chmodSync(directory, 0o711)
  const server = await startEmbeddedPostgres({ directory, durable: false, settings: { max_connections: MAX_CONNECTIONS } })
  const callOff = guard(server.pid, directory)
  const stop = async () => {
    await server.stop()
    callOff()
    removeFolder(directory)
  }
  return { url: server.url, stop }
}

const docker = async (): Promise<Running> => {
  const { host, port, stop } = await startContainer({
    image: IMAGE,
    port: 5432,
    environment: { POSTGRES_PASSWORD: PASSWORD, POSTGRES_DB: 'tidings' },
    command: ['postgres', '-c', 'fsync=off', '-c', `max_connections=${MAX_CONNECTIONS}`],
  })
  return { url: `postgres://postgres:${PASSWORD}@${host}:${port}/tidings`, stop }
}

const check = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('SELECT 1')
  } finally {
    await client.end()
  }
}

export const postgres: ServiceDefinition = { environmentVariable: 'TIDINGS_TEST_POSTGRES_URL', docker, native, check }
