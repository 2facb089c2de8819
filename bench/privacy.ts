import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { Redis } from 'ioredis'
import { cachedAudience } from '../adapters/privacy-cache/cached-audience.js'
import { redisPrivacyCache } from '../adapters/redis/privacy-cache/privacy-cache.js'
import { stranger, type Audience } from '../events/audience.js'
import { percentilesOf } from '../platform/durations.js'
import { newId } from '../platform/identifiers.js'
import { privateRedis } from '../test/support/services/index.js'
import { thereAndBack } from './support/closed-loop.js'
import { publish } from './support/report.js'

const authorsAtOnce = 20
const depth = 8
const viewers = Array.from({ length: 64 }, newId)
const authors = Array.from({ length: authorsAtOnce }, newId)
const seconds = Number(process.env['SECONDS'] ?? 5)

const server = await privateRedis()
const raw = new Redis(server.url)
const cache = redisPrivacyCache({ url: server.url, prefix: 'bench:' })
let misses = 0
/** Answers at once: what is measured is the cache, its refilling included. */
const database: Audience = {
  relations: (_viewer, asked) => { misses += 1; return TE.right(asked.map(() => stranger)) },
  authorsFor: () => TE.right([]),
}
const audience = cachedAudience(database, cache)

for (const viewer of viewers) await raw.hset(`raw.${viewer}`, Object.fromEntries(authors.map((author) => [author, '0'])))
let turn = 0
const viewer = (): string => viewers[(turn += 1) % viewers.length] ?? ''
const results = await thereAndBack([
  { name: 'cached', operation: async () => {
    const found = await audience.relations(viewer(), authors)()
    if (E.isLeft(found)) throw new Error(found.left.reason)
  } },
  { name: 'raw', operation: () => raw.hmget(`raw.${viewer()}`, ...authors) },
], depth, seconds)
const [cached, peer] = [results.get('cached'), results.get('raw')]
if (cached === undefined || peer === undefined) throw new Error('both are measured')

publish({
  name: 'privacy',
  claim: 'P3: how a viewer stands to 20 authors, through the Redis privacy cache with its leases and its refilling every 250 ms. Demand: P99 ≤ 2 ms, at least 0.7 of the bare command.',
  conditions: { 'authors a look-up': authorsAtOnce, viewers: viewers.length, 'in flight': depth, seconds: seconds * 2 },
  measurements: [
    { subject: 'relations of 20 authors, cached', unit: 'look-ups/s', value: cached.perSecond, percentilesMs: percentilesOf(cached.histogram), ratios: { 'the bare HMGET': cached.perSecond / peer.perSecond }, notes: `${misses} refillings` },
    { subject: 'ioredis HMGET of 20 fields', unit: 'look-ups/s', value: peer.perSecond, percentilesMs: percentilesOf(peer.histogram) },
  ],
})
raw.disconnect()
await cache.close()
await server.stop()
