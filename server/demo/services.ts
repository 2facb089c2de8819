import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The servers of the cluster profile, by URL, and how they were had. */
export interface ClusterServices {
  readonly postgres: string
  readonly eventstore: string
  readonly kafka: string
  readonly redis: string
  /** Only where it is asked for: it takes 7 s and 300 MB. */
  readonly elasticsearch?: string
  readonly description: string
  readonly stop: () => Promise<void>
}

const variables = { postgres: 'TIDINGS_POSTGRES_URL', eventstore: 'TIDINGS_EVENTSTORE_URL', kafka: 'TIDINGS_KAFKA_BROKERS', redis: 'TIDINGS_REDIS_URL' } as const
const harness = fileURLToPath(new URL('../../test/support/services/cluster.js', import.meta.url))

const named = (searches: boolean): ClusterServices | undefined => {
  const { postgres, eventstore, kafka, redis } = variables
  const [postgresUrl, eventstoreUrl, brokers, redisUrl] = [postgres, eventstore, kafka, redis].map((name) => process.env[name])
  const elasticsearch = process.env['TIDINGS_ELASTICSEARCH_URLS']
  if (searches && elasticsearch === undefined) return undefined
  if (postgresUrl === undefined || eventstoreUrl === undefined || brokers === undefined || redisUrl === undefined) return undefined
  const searched = searches && elasticsearch !== undefined ? { elasticsearch } : {}
  return { postgres: postgresUrl, eventstore: eventstoreUrl, kafka: brokers, redis: redisUrl, ...searched, description: 'servers by URL', stop: async () => undefined }
}

/**
 * The servers named by the environment, all four, and a fifth where search is shown or `TIDINGS_SEARCH` is `elasticsearch`; else
 * those that the test harness of this checkout starts.
 */
export const clusterServices = async (searches: boolean): Promise<ClusterServices> => {
  const wantsElasticsearch = searches || process.env['TIDINGS_SEARCH'] === 'elasticsearch'
  const given = named(wantsElasticsearch)
  if (given !== undefined) return given
  if (!existsSync(harness)) throw new Error(`name the servers of the cluster profile: ${Object.values(variables).join(', ')}`)
  // Detached: an interrupt typed at the terminal must end our processes before their servers.
  const child = spawn(process.execPath, [harness, ...(wantsElasticsearch ? ['elasticsearch'] : [])], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const exited = once(child, 'exit')
  const line = await Promise.race([once(createInterface(child.stdout), 'line'), exited.then(() => undefined)])
  if (line === undefined) throw new Error('the test harness could not start the servers of the cluster profile; its words are above')
  const urls = JSON.parse(String(line[0])) as Omit<ClusterServices, 'stop'>
  return {
    ...urls,
    stop: async () => {
      child.stdin.end()
      await exited
    },
  }
}
