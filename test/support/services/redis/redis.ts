import { Redis } from 'ioredis'
import { join } from 'node:path'
import { launch } from '../breakable.js'
import { startContainer } from '../docker.js'
import { freePort, runFolder, runNative } from '../native.js'
import type { Breakable, Running, ServiceDefinition } from '../service.js'
import { redisProgram } from './program.js'

const IMAGE = 'redis:7-alpine'
const START_TIMEOUT_MS = 10_000

const check = async (url: string): Promise<void> => {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.ping()
  } finally {
    client.disconnect()
  }
}

/** A Redis of one's own. Its data is lost with a kill, as a cache's may be, unless `durable` (every write is synced). */
export const privateRedis = async (options: { readonly durable?: boolean } = {}): Promise<Breakable> => {
  const { path, environment } = await redisProgram()
  const folder = runFolder('redis')
  const port = await freePort()
  const saving = options.durable === true ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', join(folder, 'data'), ...saving]
  const start = () => runNative(path, flags, folder, environment)
  return launch({ url: `redis://127.0.0.1:${port}`, folder, start, check, startTimeoutMs: START_TIMEOUT_MS })
}

const docker = async (): Promise<Running> => {
  const { host, port, stop } = await startContainer({ image: IMAGE, port: 6379, command: ['redis-server', '--save', ''] })
  return { url: `redis://${host}:${port}`, stop }
}

export const redis: ServiceDefinition = { environmentVariable: 'TIDINGS_TEST_REDIS_URL', docker, native: () => privateRedis(), check }
