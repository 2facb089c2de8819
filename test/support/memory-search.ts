import { memorySearchIndex } from '../../adapters/memory/search-index.js'
import type { MemoryReadModel } from '../../adapters/memory/read-model.js'
import type { IndexChange, SearchDocument, SearchIndex } from '../../events/search/index-port.js'
import { searchModel, type SearchWrite } from '../../projections/search/writes.js'

/** The index in memory, filled by its projection together with the other read models. */
export const memorySearch = (): { readonly index: SearchIndex; readonly model: MemoryReadModel<SearchWrite> } => {
  const index = memorySearchIndex()
  const documents = new Map<string, SearchDocument>()
  const keyOf = ({ conversation, sequence }: { readonly conversation: string; readonly sequence: number }): string => `${conversation} ${sequence}`

  const changes = (write: SearchWrite): ReadonlyArray<IndexChange> => {
    if (write.op === 'put') {
      documents.set(keyOf(write.document), write.document)
      return [write]
    }
    const document = documents.get(keyOf(write))
    if (document === undefined) return []
    const { version } = write
    return [write.op === 'remove' ? { op: 'remove', version, place: document } : { op: 'put', version, document: { ...document, indexed: write.indexed } }]
  }
  return {
    index,
    // In memory the changes hold before the promise of them is given.
    model: { ...searchModel, apply: (writes) => { void index.apply(writes.flatMap(changes))() } },
  }
}
