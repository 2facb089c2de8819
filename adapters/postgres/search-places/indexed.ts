import { readFileSync } from 'node:fs'
import type pg from 'pg'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { IndexRebuild, SearchIndex, SearchUnavailable } from '../../../events/search/index-port.js'
import type { Projection } from '../../../projections/index.js'
import type { ProjectionStore, ProjectionStoreUnavailable, Rebuild, RebuildError, TableComparison } from '../../../projections/ports.js'
import type { SearchWrite } from '../../../projections/search/writes.js'
import { isEqual } from '../projections/compare.js'
import { Refused } from '../projections/failures.js'
import { postgresProjectionStore } from '../projections/store.js'
import { liveSchema, type PostgresReadModel } from '../read-model.js'
import { movePlaces } from './changes.js'
import { compareDocuments } from './compare-index.js'

/** Named apart from the read model `search`, whose index is its own tables: both may lie in one database. */
const placesModel = { name: 'search_places', version: 1 } as const

const asStoreError = ({ retryAfterMs, reason }: SearchUnavailable): ProjectionStoreUnavailable =>
  ({ _tag: 'ProjectionStoreUnavailable', retryAfterMs, reason: `search index: ${reason}` })

/** Rejects so that the transaction around it rolls back and no event is thought to be poison. */
const told = async (work: TE.TaskEither<SearchUnavailable, void>): Promise<void> => {
  const outcome = await work()
  if (E.isLeft(outcome)) throw new Refused<RebuildError>(asStoreError(outcome.left))
}

/**
 * The index that a rebuild fills beside the live one, with the places beside the live ones. While the projectors wait at their
 * checkpoints the two indexes are compared and the filled one goes live: it stands exactly there. If the places' own
 * transaction then fails, the live places stay, which say the same of the same log.
 */
const withIndex = (rebuild: Rebuild, index: SearchIndex, filled: IndexRebuild): Rebuild => ({
  ...rebuild,
  finish: (end) => {
    let [comparison, swapped]: [TableComparison | undefined, boolean] = [undefined, false]
    const remaining: typeof end.remaining = async function* (live) {
      yield* end.remaining(live)
      await told(index.refresh())
      comparison = { projection: placesModel.name, table: 'index', ...(await compareDocuments(index.documents(), filled.documents())) }
      swapped = end.swap === 'always' || (end.swap === 'when-equal' && isEqual(comparison))
      if (swapped) await told(filled.swap())
    }
    return async () => {
      const ended = await rebuild.finish({ ...end, remaining })()
      await filled.abandon()
      return E.isLeft(ended) ? ended : E.right({
        comparisons: [...ended.right.comparisons, ...(comparison === undefined ? [] : [comparison])],
        swapped: ended.right.swapped && swapped,
      })
    }
  },
  abandon: async () => {
    await rebuild.abandon()
    await filled.abandon()
  },
})

const modelOver = (index: SearchIndex, filled: () => IndexRebuild | undefined): PostgresReadModel<SearchWrite> => ({
  ...placesModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['messages'],
  apply: async (client, schema, writes) => {
    const target = schema === liveSchema(placesModel) ? index : filled()
    if (target === undefined) throw new Error(`no index is filled for ${schema}`)
    const changes = await movePlaces(client, schema, writes)
    if (changes.length > 0) await told(target.apply(changes))
  },
})

export interface IndexedSearch {
  /** The projection under the name of its places. */
  readonly projection: <Write>(projection: Projection<Write>) => Projection<Write>
  readonly model: PostgresReadModel<SearchWrite>
  readonly store: ProjectionStore
}

/**
 * Feeds an index outside of the database. A batch's places and checkpoint are committed after the index has acknowledged its
 * changes: whoever is cut off between the two applies them again, which changes nothing. While the index is away nothing
 * is committed.
 */
export const postgresIndexedSearch = ({ pool, index, onCommitted }: { readonly pool: pg.Pool; readonly index: SearchIndex; readonly onCommitted?: () => void }): IndexedSearch => {
  let filled: IndexRebuild | undefined
  const model = modelOver(index, () => filled)
  const store = postgresProjectionStore({ pool, readModels: [model], ...(onCommitted === undefined ? {} : { onCommitted }) })
  return {
    model,
    projection: (projection) => ({ ...projection, ...placesModel }),
    store: {
      ...store,
      startRebuild: (projections, partitions) =>
        pipe(
          store.startRebuild(projections, partitions),
          TE.chain((rebuild) => async () => {
            const begun = await index.startRebuild()()
            if (E.isLeft(begun)) {
              await rebuild.abandon()
              return E.left(asStoreError(begun.left))
            }
            filled = begun.right
            return E.right(withIndex(rebuild, index, begun.right))
          }),
        ),
    },
  }
}
