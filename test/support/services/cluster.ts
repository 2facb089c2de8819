import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbeddedPostgres } from '../../../adapters/embedded/postgres.js'
import { startEventStoreDbStandIn } from '../eventstoredb/server.js'
import { realEventStoreDb } from '../eventstoredb/real.js'
import { openServiceHost } from './host.js'

/** A real EventStoreDB where there is one, else the stand-in with its log on disk. */
const eventStoreDb = async () => {
  const real = await realEventStoreDb()
  if (real.available) return { ...(await real.start()), how: `EventStoreDB by ${real.source}` }
  const directory = mkdtempSync(join(tmpdir(), 'tidings-stand-in-'))
  const { url, stop } = await startEventStoreDbStandIn({ directory })
  const stopAndRemove = () => stop().then(() => { rmSync(directory, { recursive: true }) })
  return { url, stop: stopAndRemove, how: `EventStoreDB's stand-in (${real.reason})` }
}

/** By the URL in the environment, else one that flushes what it commits: keys and acknowledgements are measured on it. */
const postgres = async () => {
  const named = process.env['TIDINGS_TEST_POSTGRES_URL']
  if (named !== undefined && named !== '') return { url: named, how: 'postgres by url', stop: async () => undefined }
  const directory = mkdtempSync(join(tmpdir(), 'tidings-postgres-'))
  chmodSync(directory, 0o711)
  const { url, stop } = await startEmbeddedPostgres({ directory, durable: true })
  return { url, how: 'postgres by native (durable)', stop: () => stop().then(() => { rmSync(directory, { recursive: true }) }) }
}

const host = openServiceHost()
/** Started only when this process is told so: seven seconds and 300 MB that a cluster which searches in Postgres does not need. */
const wantsElasticsearch = process.argv.includes('elasticsearch')
const [kafka, redis, database, eventstore, elasticsearch] = await Promise.all([
  host.get('kafka'), host.get('redis'), postgres(), eventStoreDb(), wantsElasticsearch ? host.get('elasticsearch') : undefined,
])
const services = [kafka, redis, ...(elasticsearch === undefined ? [] : [elasticsearch])]
const missing = services.flatMap((service) => (service.available ? [] : [`no ${service.name}: ${service.reason}`]))
if (!kafka.available || !redis.available || elasticsearch?.available === false) process.stderr.write(`${missing.join('\n')}\n`)
else {
  const sources = services.flatMap((service) => (service.available ? [`${service.name} by ${service.source}`] : []))
  const description = [database.how, ...sources, eventstore.how].join(', ')
  const urls = { postgres: database.url, kafka: kafka.url, redis: redis.url, eventstore: eventstore.url, ...(elasticsearch === undefined ? {} : { elasticsearch: elasticsearch.url }) }
  process.stdout.write(`${JSON.stringify({ ...urls, description })}\n`)
  // Whoever started this process holds its input open for as long as the servers are wanted.
  await Promise.race([once(process.stdin.resume(), 'end'), once(process, 'SIGTERM'), once(process, 'SIGINT')])
}
await Promise.all([host.close(), database.stop(), eventstore.stop()])
process.exit(missing.length > 0 ? 1 : 0)
