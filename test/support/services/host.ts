import { setTimeout as delay } from 'node:timers/promises'
import { dockerAvailable } from './docker.js'
import { elasticsearch } from './elasticsearch/elasticsearch.js'
import { kafka } from './kafka/kafka.js'
import { postgres } from './postgres/postgres.js'
import { redis } from './redis/redis.js'
import type { AvailableService, Running, Service, ServiceDefinition, ServiceName, Source } from './service.js'

const definitions: Readonly<Record<ServiceName, ServiceDefinition>> = { postgres, kafka, redis, elasticsearch }
const CONTAINER_TIMEOUT_MS = 60_000
const RETRY_INTERVAL_MS = 50

export const isServiceName = (text: string): text is ServiceName => Object.hasOwn(definitions, text)

/** Starts each service at most once, when it is first asked for. */
export interface ServiceHost {
  /** Never rejects: a service that cannot be had says why. */
  readonly get: (name: ServiceName) => Promise<Service>
  /** Those that were asked for, in that order. */
  readonly asked: () => Promise<ReadonlyArray<Service>>
  /** Stops all that it started. Idempotent. */
  readonly close: () => Promise<void>
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? [error.message, ...(error.cause === undefined ? [] : [reasonOf(error.cause)])].join(': ') : String(error)

const untilChecked = async (definition: ServiceDefinition, running: Running): Promise<Running> => {
  const deadline = Date.now() + CONTAINER_TIMEOUT_MS
  for (;;) {
    try {
      await definition.check(running.url)
      return running
    } catch (error) {
      if (Date.now() < deadline) {
        await delay(RETRY_INTERVAL_MS)
        continue
      }
      await running.stop()
      throw error
    }
  }
}

const start = async (definition: ServiceDefinition): Promise<Running & { source: Source }> => {
  const url = process.env[definition.environmentVariable]
  if (url !== undefined && url !== '') {
    await definition.check(url)
    return { url, source: 'url', stop: async () => undefined }
  }
  const failures: Array<string> = []
  if (await dockerAvailable()) {
    try {
      return { ...(await untilChecked(definition, await definition.docker())), source: 'docker' }
    } catch (error) {
      failures.push(`Docker: ${reasonOf(error)}`)
    }
  }
  try {
    return { ...(await definition.native()), source: 'native' }
  } catch (error) {
    throw failures.length === 0 ? error : new Error(failures.join('; '), { cause: error })
  }
}

export const openServiceHost = (): ServiceHost => {
  const services = new Map<ServiceName, Promise<Service>>()
  const stops: Array<() => Promise<void>> = []
  const begin = async (name: ServiceName): Promise<Service> => {
    try {
      const { url, source, stop } = await start(definitions[name])
      stops.push(stop)
      return { available: true, name, source, url } satisfies AvailableService
    } catch (error) {
      return { available: false, name, reason: reasonOf(error) }
    }
  }
  const get = (name: ServiceName): Promise<Service> => {
    const known = services.get(name) ?? begin(name)
    services.set(name, known)
    return known
  }
  const asked = () => Promise.all(services.values())
  const close = async () => {
    await asked()
    await Promise.all(stops.splice(0).map((stop) => stop()))
  }
  return { get, asked, close }
}
