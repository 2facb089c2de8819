import { elasticsearchSearchIndex } from '../../adapters/elasticsearch/search-index.js'
import { postgresIndexedSearch } from '../../adapters/postgres/search-places/indexed.js'
import type { Projection } from '../../projections/index.js'
import { searchProjection } from '../../projections/search/project.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith, dropIndices, freshIndexPrefix } from '../support/services/index.js'
import { indexingContract } from './indexing/index.js'

describeWith(['postgres', 'elasticsearch'], 'Elasticsearch', ({ elasticsearch: { url } }) => {
  indexingContract('Elasticsearch', async () => {
    const { pool, drop } = await migratedDatabase()
    const prefix = freshIndexPrefix()
    const live = elasticsearchSearchIndex({ urls: [url], prefix, layout: { shards: 1, replicas: 0 } })
    return {
      pool,
      isApart: true,
      index: live,
      filling: (connections, index) => {
        const { model, projection, store } = postgresIndexedSearch({ pool: connections, index })
        return { model, store, projection: projection(searchProjection as Projection<unknown>) }
      },
      close: async () => {
        await live.close()
        await dropIndices(url, prefix)
        await drop()
      },
    }
  })
})
