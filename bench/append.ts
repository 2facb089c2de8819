import { randomBytes, randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { StreamName } from '../events/event-store.js'
import { postgresEventStore } from '../adapters/postgres/event-store/event-store.js'
import { newId } from '../platform/identifiers.js'
import { percentilesOf } from '../platform/durations.js'
import { thereAndBack, type Subject } from './support/closed-loop.js'
import { benchDatabase } from './support/database.js'
import { emmett, messageDb, plainSql } from './support/peers.js'
import { publish } from './support/report.js'

const inFlight = 16
const seconds = Number(process.env['SECONDS'] ?? 8)
const sealedBytes = 300
const data = Buffer.from(JSON.stringify({ digest: randomBytes(32).toString('base64url'), messageId: newId(), unit: newId() }))
const metadata = Buffer.from(JSON.stringify({ actor: newId(), command: { counter: 1 }, correlation: newId(), device: newId(), previous: null, recordedAt: 1_790_000_000_000 }))
const sealed = randomBytes(sealedBytes)
const payload = Buffer.concat([data, metadata, sealed]).toString('base64').slice(0, data.length + metadata.length + sealedBytes)

const database = await benchDatabase()
const store = await postgresEventStore(database)
const ours: Subject = {
  name: 'Tidings',
  operation: async () => {
    const done = await store.append(`conversation-${randomUUID()}` as StreamName, 'no-stream', [{ id: newId(), type: 'MessageSent', version: 1, data, metadata, sealed }])()
    if (E.isLeft(done)) throw new Error(JSON.stringify(done.left))
  },
}
const peers = [
  await plainSql(database.url, inFlight, data, metadata, sealed),
  await emmett(database.url, payload),
  await messageDb(database.url, inFlight, payload),
]
const results = await thereAndBack([ours, ...peers], inFlight, seconds)
const ourRate = results.get(ours.name)?.perSecond ?? 0
publish({
  name: 'append',
  claim: 'Appending one event to a stream of its own, 16 in flight. Demands: ≥ 0.6 × plain SQL, ≥ 3 × Emmett-PostgreSQL, ≥ 4 × Message DB.',
  conditions: {
    'in flight': inFlight, payload: `${payload.length} B`, durability: 'fsync, synchronous_commit, full_page_writes on for all', order: 'A B C D D C B A', 'seconds a round': seconds,
  },
  measurements: [...results].map(([subject, { perSecond, histogram }]) => ({
    subject, unit: 'appends/s', value: perSecond, percentilesMs: percentilesOf(histogram),
    ...(subject === ours.name ? { ratios: Object.fromEntries(peers.map(({ name }) => [name, ourRate / (results.get(name)?.perSecond ?? Number.NaN)])) } : {}),
  })),
})
await Promise.all(peers.map(({ close }) => close()))
await store.close()
await database.close()
