import { ensureReadModels } from '../../adapters/postgres/projections/ensure-read-models.js'
import { postgresProgress } from '../../adapters/postgres/projections/progress.js'
import { postgresProjectionStore } from '../../adapters/postgres/projections/store.js'
import type { PostgresReadModel } from '../../adapters/postgres/read-model.js'
import { postgresReadModels } from '../../adapters/postgres/read-models.js'
import { postgresSearchModel } from '../../adapters/postgres/search/model.js'
import { postgresSearchIndex } from '../../adapters/postgres/search/search-index.js'
import { postgresIndexedSearch } from '../../adapters/postgres/search-places/indexed.js'
import type { SearchIndex } from '../../events/search/index-port.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Projection, ProjectionStore } from '../../projections/index.js'
import { searchProjection } from '../../projections/search/project.js'
import { searchForClients } from '../../read-side/api/for-clients.js'
import { createSearchSide, type SearchSide } from '../../read-side/search/search.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'
import type { ConsumerGroup } from './projecting.js'
import type { Projected, ReadModels } from './read-models.js'

/** The index with what fills it, in a consumer group of its own so that no push waits for it, and what is asked of it. */
export interface Search extends Projected {
  readonly index: SearchIndex
  readonly side: SearchSide
  readonly group: ConsumerGroup
}

/** Few large batches cost less than many small ones, and a message is found within a second all the same (S4). */
const REST_MS = 100

/** X18: how a monthly index is spread. */
const layouts = { 'single-node': { shards: 1, replicas: 0 }, cluster: { shards: 5, replicas: 2 } } as const

const layoutOf = ({ profile, elasticsearchLayout }: Settings) => {
  if (elasticsearchLayout !== 'by-profile') return layouts[elasticsearchLayout]
  return profile === 'cluster' ? layouts.cluster : layouts['single-node']
}

/** Opening succeeds also while Elasticsearch is away: then search is, and nothing else. */
const openIndex = async (settings: Settings, { adapters, pool }: Foundation, { onStop }: Shutdown): Promise<SearchIndex> => {
  if (adapters.search === 'postgres') return postgresSearchIndex(pool)
  const { elasticsearchSearchIndex } = await import('../../adapters/elasticsearch/search-index.js')
  const index = elasticsearchSearchIndex({ urls: settings.elasticsearchUrls, prefix: settings.elasticsearchPrefix, layout: layoutOf(settings) })
  onStop('search index', index.close)
  return index
}

interface Filling {
  readonly model: PostgresReadModel<never>
  readonly projection: Projection<unknown>
  readonly store: ProjectionStore
}

/** How the chosen index is filled: its own tables in the transaction of the checkpoint, or another server before it. */
const filling = ({ adapters, pool }: Foundation, index: SearchIndex, onCommitted: () => void): Filling => {
  const projection = searchProjection as Projection<unknown>
  if (adapters.search === 'postgres') {
    return { model: postgresSearchModel, projection, store: postgresProjectionStore({ pool, readModels: [postgresSearchModel], onCommitted }) }
  }
  const indexed = postgresIndexedSearch({ pool, index, onCommitted })
  return { model: indexed.model, projection: indexed.projection(projection), store: indexed.store }
}

/** The search of this process by the chosen adapter; makes the tables that are missing. */
export const openSearch = async (settings: Settings, foundation: Foundation, { readers }: ReadModels, shutdown: Shutdown): Promise<Search> => {
  const { pool, keyStore, clock, tokens } = foundation
  const index = await openIndex(settings, foundation, shutdown)
  const { model, projection, store } = filling(foundation, index, () => { progress.notice() })
  // What is found is shown as the other read models hold it.
  const progress = postgresProgress(pool, [...Object.values(postgresReadModels), model])
  const { outdated } = await ensureReadModels(pool, [model])
  const projections = [projection]
  return {
    index, projections, store, outdated,
    side: searchForClients(createSearchSide({ index, progress, reader: readers.search, keyStore, clock }), tokens),
    group: { group: 'search', projections, store, announcer: { announce: () => undefined }, announced: projection.name, restMs: REST_MS, forgets: false },
  }
}
