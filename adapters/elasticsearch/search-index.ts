import type { Client } from '@elastic/elasticsearch'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { IndexRebuild, SearchIndex } from '../../events/search/index-port.js'
import { applyChanges } from './apply.js'
import { connectElasticsearch } from './connect.js'
import { documentOf, type StoredDocument } from './documents.js'
import { attempt } from './failures.js'
import { liveGeneration, startNextGeneration, type NextGeneration } from './generations.js'
import { monthlyIndices, type Layout } from './indices.js'
import { searchMessages } from './search.js'

const DOCUMENTS_AT_ONCE = 1_000
const REFRESH_TIMEOUT_MS = 30_000

export interface ElasticsearchOptions {
  readonly urls: ReadonlyArray<string>
  /** Before the names of indices, aliases and the template: lower case. */
  readonly prefix: string
  /** Of indices made from now on. */
  readonly layout: Layout
}

const refresh = (client: Client, index: string) => client.indices.refresh({ index, ignore_unavailable: true }, { requestTimeout: REFRESH_TIMEOUT_MS })

const documentsIn = async function* (client: Client, index: string) {
  const query = { exists: { field: 'conversation' } }
  const pages = client.helpers.scrollSearch<StoredDocument, unknown>({ index, ignore_unavailable: true, version: true, size: DOCUMENTS_AT_ONCE, sort: ['_doc'], query })
  for await (const { body } of pages) {
    for (const { _source: stored, _version: version = 0 } of body.hits.hits) if (stored !== undefined) yield { document: documentOf(stored), version }
  }
}

const rebuildInto = (client: Client, next: NextGeneration): IndexRebuild => ({
  apply: (changes) => attempt(() => applyChanges(client, next, changes)),
  documents: async function* () {
    // While it is filled it shows nothing by itself.
    await refresh(client, next.every)
    yield* documentsIn(client, next.every)
  },
  swap: () => attempt(next.swap),
  // What cannot be dropped now is dropped by the next rebuild.
  abandon: async () => { await attempt(next.drop)() },
})

/**
 * The index on Elasticsearch 8: one index a UTC month of sending, of which each is made when its first message comes. Opening
 * asks the server nothing: while it is away all answer `SearchUnavailable`, and it is used as soon as it is back.
 */
export const elasticsearchSearchIndex = ({ urls, prefix, layout }: ElasticsearchOptions): SearchIndex & { readonly close: () => Promise<void> } => {
  const client = connectElasticsearch(urls)
  const indices = monthlyIndices({ client, prefix, layout })
  const live = liveGeneration(indices)
  const { searched } = indices.names
  return {
    apply: (changes) => attempt(() => applyChanges(client, live, changes)),
    search: (query) => attempt(() => searchMessages(client, searched, query)),
    refresh: () => attempt(async () => { await refresh(client, searched) }),
    documents: () => documentsIn(client, searched),
    startRebuild: () => pipe(attempt(() => startNextGeneration(indices)), TE.map((next) => rebuildInto(client, next))),
    close: () => client.close(),
  }
}
