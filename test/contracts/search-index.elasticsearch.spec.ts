import { elasticsearchSearchIndex } from '../../adapters/elasticsearch/search-index.js'
import { describeWith, dropIndices, freshIndexPrefix } from '../support/services/index.js'
import { searchIndexContract } from './search-index/index.js'

describeWith(['elasticsearch'], 'Elasticsearch', ({ elasticsearch: { url } }) => {
  const open = async () => {
    const prefix = freshIndexPrefix()
    const index = elasticsearchSearchIndex({ urls: [url], prefix, layout: { shards: 2, replicas: 0 } })
    const close = async () => {
      await index.close()
      await dropIndices(url, prefix)
    }
    return { index, close }
  }
  searchIndexContract('Elasticsearch', open, { corpora: 20, questions: 25 })
})
