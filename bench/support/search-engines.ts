import { Client } from '@elastic/elasticsearch'
import type pg from 'pg'
import { elasticsearchSearchIndex } from '../../adapters/elasticsearch/search-index.js'
import { postgresSearchIndex } from '../../adapters/postgres/search/search-index.js'
import { searchLimits, type SearchIndex } from '../../events/search/index-port.js'
import { privateElasticsearch } from '../../test/support/services/index.js'

/** A search engine with our index on it, and its own query for the same word without memberships. */
export interface BenchEngine {
  readonly name: string
  readonly index: SearchIndex
  readonly bare: (word: string, limit: number) => Promise<unknown>
  readonly close: () => Promise<void>
}

/** By hand, as one would who only wants the best messages with a word and how many there are. */
const bareSql = `
  SELECT conversation, sequence, message_id, ts_rank(lexemes, q) AS score, count(*) OVER () AS total FROM search_v1.messages, to_tsquery('simple', $1) q
  WHERE lexemes @@ q ORDER BY score DESC, sent_at DESC LIMIT $2`

export const postgresEngine = (pool: pg.Pool): BenchEngine => ({
  name: 'Postgres',
  index: postgresSearchIndex(pool),
  bare: (word, limit) => pool.query({ name: 'bare', text: bareSql, values: [word, limit] }),
  close: async () => undefined,
})

/** A server in earnest: those of the tests compile little, so as to start soon. */
export const elasticsearchJava = '-Xms1g -Xmx1g'

/** The server of TIDINGS_ELASTICSEARCH_URLS, else one of its own. */
export const elasticsearchEngine = async (): Promise<BenchEngine> => {
  const given = process.env['TIDINGS_ELASTICSEARCH_URLS']
  const server = given === undefined ? await privateElasticsearch(elasticsearchJava) : { url: given, stop: async () => undefined }
  const prefix = `bench-${process.pid}-`
  const index = elasticsearchSearchIndex({ urls: [server.url], prefix, layout: { shards: 1, replicas: 0 } })
  const client = new Client({ node: server.url })
  return {
    name: 'Elasticsearch',
    index,
    bare: (word, size) => client.search({ index: `${prefix}messages`, query: { term: { words: word } }, size, track_total_hits: searchLimits.countedHits, sort: ['_score', { sentAt: 'desc' }] }),
    close: async () => {
      await client.close()
      await index.close()
      await server.stop()
    },
  }
}
