import { postgresSearchIndex } from '../../adapters/postgres/search/search-index.js'
import type { SearchIndex } from '../../events/search/index-port.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'

/** X18: how a monthly index is spread. */
const layouts = { 'single-node': { shards: 1, replicas: 0 }, cluster: { shards: 5, replicas: 2 } } as const

const layoutOf = ({ profile, elasticsearchLayout }: Settings) => {
  if (elasticsearchLayout !== 'by-profile') return layouts[elasticsearchLayout]
  return profile === 'cluster' ? layouts.cluster : layouts['single-node']
}

/** The search index by the chosen adapter. Opening succeeds also while Elasticsearch is away: then search is, and nothing else. */
export const openSearchIndex = async (settings: Settings, { adapters, pool }: Foundation, { onStop }: Shutdown): Promise<SearchIndex> => {
  if (adapters.search === 'postgres') return postgresSearchIndex(pool)
  const { elasticsearchSearchIndex } = await import('../../adapters/elasticsearch/search-index.js')
  const index = elasticsearchSearchIndex({ urls: settings.elasticsearchUrls, prefix: settings.elasticsearchPrefix, layout: layoutOf(settings) })
  onStop('search index', index.close)
  return index
}
