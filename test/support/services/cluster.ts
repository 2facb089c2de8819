import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEventStoreDbStandIn } from '../eventstoredb/server.js'
import { realEventStoreDb } from '../eventstoredb/real.js'
import { openServiceHost } from './host.js'
import type { AvailableService } from './service.js'

/** A real EventStoreDB where there is one, else the stand-in with its log on disk. */
const eventStoreDb = async () => {
  const real = await realEventStoreDb()
  if (real.available) return { ...(await real.start()), how: `EventStoreDB by ${real.source}` }
  const directory = mkdtempSync(join(tmpdir(), 'tidings-stand-in-'))
  const { url, stop } = await startEventStoreDbStandIn({ directory })
  const stopAndRemove = () => stop().then(() => { rmSync(directory, { recursive: true }) })
  return { url, stop: stopAndRemove, how: `EventStoreDB's stand-in (${real.reason})` }
}

const host = openServiceHost()
const [services, eventstore] = await Promise.all([Promise.all((['postgres', 'kafka', 'redis'] as const).map(host.get)), eventStoreDb()])
const missing = services.flatMap((service) => (service.available ? [] : [`no ${service.name}: ${service.reason}`]))
if (missing.length > 0) process.stderr.write(`${missing.join('\n')}\n`)
else {
  const available = services as ReadonlyArray<AvailableService>
  const urls = Object.fromEntries(available.map(({ name, url }) => [name, url]))
  const description = [...available.map(({ name, source }) => `${name} by ${source}`), eventstore.how].join(', ')
  process.stdout.write(`${JSON.stringify({ ...urls, eventstore: eventstore.url, description })}\n`)
  // Whoever started this process holds its input open for as long as the servers are wanted.
  await Promise.race([once(process.stdin.resume(), 'end'), once(process, 'SIGTERM'), once(process, 'SIGINT')])
}
await Promise.all([host.close(), eventstore.stop()])
process.exit(missing.length > 0 ? 1 : 0)
