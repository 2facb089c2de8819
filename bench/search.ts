import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { ensureReadModels } from '../adapters/postgres/projections/ensure-read-models.js'
import { postgresReadModels } from '../adapters/postgres/read-models.js'
import type { PostgresReadModel } from '../adapters/postgres/read-model.js'
import { postgresSearchModel } from '../adapters/postgres/search/model.js'
import { postgresSearchReader } from '../adapters/postgres/search/reader.js'
import type { SearchHits } from '../events/search/index-port.js'
import { percentilesOf } from '../platform/durations.js'
import { chanceOf } from '../server/demo/chat/chance.js'
import { closedLoop, thereAndBack } from './support/closed-loop.js'
import { benchDatabase } from './support/database.js'
import { openLoop } from './support/open-loop.js'
import { publish, type Measurement } from './support/report.js'
import { askedWord, corpusOf, described } from './support/search-corpus.js'
import { elasticsearchEngine, elasticsearchJava, postgresEngine, type BenchEngine } from './support/search-engines.js'

const messages = Number(process.argv[2] ?? 1_000_000)
const seconds = Number(process.env['SECONDS'] ?? 15)
const searchers = 16
const writesPerSecond = 500
const writesAtOnce = 50
const filledAtOnce = 1_000
const hits = 20
const roundsOfTwo = 4
/** Of each subject: by then Java has compiled what is hot. */
const warmUpSeconds = 15
const roundsWarmUpSeconds = 4

const right = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
  const outcome = await task()
  if (E.isLeft(outcome)) throw new Error(JSON.stringify(outcome.left))
  return outcome.right
}

const database = await benchDatabase()
const { pool } = database
await ensureReadModels(pool, [...Object.values(postgresReadModels), postgresSearchModel] as ReadonlyArray<PostgresReadModel<never>>)
const reader = postgresSearchReader(pool)

const { conversations, people, membershipsOf } = corpusOf(messages)
await pool.query(`INSERT INTO members_v1.conversations SELECT c, 'group', 'readable', 'shared' FROM unnest($1::uuid[]) c`, [conversations])
for (const [at, person] of people.entries()) {
  await pool.query(`INSERT INTO members_v1.members SELECT c, $2, 'member', 0, '{[0,)}', '0', 0, 0 FROM unnest($1::uuid[]) c`, [membershipsOf(at), person])
}
await pool.query('ANALYZE members_v1.members')

/** As the read side asks: whose conversations these are now, then the index with them in its filter. */
const authorised = ({ index }: BenchEngine, random: () => number) => async (): Promise<SearchHits> => {
  const account = people[Math.floor(random() * people.length)] ?? ''
  const allowed = await right(reader.searchable(account))
  return right(index.search({
    clauses: [{ _tag: 'Word', word: askedWord(random) }], tokens: undefined, typos: false, senders: undefined, conversations: undefined,
    from: undefined, to: undefined, allowed, order: 'relevance', after: undefined, limit: hits,
  }))
}

/** Writes as an indexer does, in batches, until it is stopped; answers how many a second. */
const writing = (engine: BenchEngine, next: ReturnType<typeof corpusOf>['next'], during: number) => {
  let [written, writes]: [number, Promise<void>] = [0, Promise.resolve()]
  const began = performance.now()
  const put = async () => {
    const changes = next(writesAtOnce)
    await right(engine.index.apply(changes))
    written += changes.length
  }
  const beginning = openLoop(writesPerSecond / writesAtOnce, during, () => {
    writes = writes.then(put)
    writes.catch(() => undefined)
  })
  return beginning.then(() => writes).then(() => (written * 1_000) / (performance.now() - began))
}

const measure = async (engine: BenchEngine): Promise<ReadonlyArray<Measurement>> => {
  const { next } = corpusOf(messages)
  const began = performance.now()
  for (let filled = 0; filled < messages; filled += filledAtOnce) await right(engine.index.apply(next(Math.min(filledAtOnce, messages - filled))))
  const fillRate = (messages * 1_000) / (performance.now() - began)
  await right(engine.index.refresh())
  if (engine.name === 'Postgres') await pool.query('VACUUM ANALYZE search_v1.messages')
  const random = chanceOf(11).fraction
  const subjects = [
    { name: `${engine.name}: authorised search`, operation: authorised(engine, random) },
    { name: `${engine.name}: its own query, no membership`, operation: () => engine.bare(askedWord(random), hits) },
  ] as const
  const writes = writing(engine, next, roundsOfTwo * seconds + roundsWarmUpSeconds + subjects.length * warmUpSeconds)
  for (const { operation } of subjects) await closedLoop(searchers, warmUpSeconds, operation)
  const results = await thereAndBack(subjects, searchers, seconds)
  const writeRate = await writes
  const p95 = (subject: string) => percentilesOf(results.get(subject)?.histogram ?? (() => { throw new Error(`${subject} was not measured`) })()).p95
  const [ours, bare] = subjects
  return [
    ...[...results].map(([subject, { perSecond, histogram }]): Measurement => ({
      subject, unit: 'searches/s', value: perSecond, percentilesMs: percentilesOf(histogram),
      ...(subject === ours.name ? { ratios: { 'P95 of its own query': p95(subject) / p95(bare.name) } } : {}),
    })),
    { subject: `${engine.name}: messages written meanwhile`, unit: '/s', value: writeRate },
    { subject: `${engine.name}: filled before`, unit: 'messages/s', value: fillRate },
  ]
}

const [postgres, elasticsearch] = [postgresEngine(pool), await elasticsearchEngine()]
const measurements = [...(await measure(postgres)), ...(await measure(elasticsearch))]
publish({
  name: 'search',
  claim: `Search for a word among ${messages.toLocaleString('en')} messages, by members, while messages are written. Demands: P95 ≤ 20 ms on Postgres, ≤ 60 ms on Elasticsearch, ≤ 1.5 × the engine's own query.`,
  conditions: {
    messages, searchers, 'writes a second': writesPerSecond, 'hits a page': hits, ...described, order: 'A B B A', 'seconds a round': seconds, 'seconds of warm-up': warmUpSeconds,
    Elasticsearch: `one node, 1 shard, ${elasticsearchJava} unless named by URL`, both: 'the asker\'s conversations are read from Postgres within the authorised search, over 8 connections as a process has by default',
  },
  measurements,
})
await elasticsearch.close()
await database.close()
