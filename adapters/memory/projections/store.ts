import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { earliest } from '../../../events/progress.js'
import { systemClock } from '../../../platform/clock.js'
import type { ParkedStream, ProjectionStore, ProjectionStoreUnavailable } from '../../../projections/ports.js'
import { progressWatch, type ProgressWatch } from '../../projection-store/progress-watch.js'
import type { MemoryReadModel } from '../read-model.js'
import { commitBatch } from './commit.js'
import { startRebuild } from './rebuild.js'
import { releaseStream } from './release.js'
import { align, booksOf, checkpointsOf, emptyMemoryProjections, inTurn, type MemoryProjections } from './state.js'

const MEMORY_POLL_MS = 1_000

export interface MemoryProjectionStoreOptions {
  /** Of any writes: what each is given was made by the projection of its name. */
  readonly readModels: ReadonlyArray<MemoryReadModel<never>>
  readonly state?: MemoryProjections
  /** Milliseconds since 1970; default: the system's. */
  readonly clock?: () => number
  /** Called after each commit: `notice` of `memoryProgress`. */
  readonly onCommitted?: () => void
}

const unavailable = (error: unknown): ProjectionStoreUnavailable => ({
  _tag: 'ProjectionStoreUnavailable',
  retryAfterMs: 0,
  reason: error instanceof Error ? error.message : String(error),
})

const byAge = (one: ParkedStream, other: ParkedStream): number => one.parkedAt - other.parkedAt || (one.position < other.position ? -1 : 1)

/** The complete projection store in memory: read models of memory, bookkeeping that lives as long as `state`. */
export const memoryProjectionStore = (options: MemoryProjectionStoreOptions): ProjectionStore => {
  const { state = emptyMemoryProjections(), clock = systemClock, onCommitted } = options
  const readModels = options.readModels as ReadonlyArray<MemoryReadModel>
  const modelOf = (projection: string) => readModels.find(({ name }) => name === projection)
  return {
    resumeAfter: (partition, partitions) => () =>
      inTurn(state, () => {
        for (const { name } of readModels) align(booksOf(state, name), partitions)
        return E.right(earliest(readModels.map(({ name }) => booksOf(state, name).checkpoints[partition] ?? 'start')))
      }),
    commit: (batch) => async () => {
      const committed = await inTurn(state, () => commitBatch(state, readModels, batch, clock()))
      if (E.isRight(committed)) onCommitted?.()
      return committed
    },
    checkpoints: () => async () => E.right(checkpointsOf(state, readModels)),
    parked: () => async () =>
      E.right(readModels.flatMap(({ name }) => [...booksOf(state, name).parked.values()]).sort(byAge)),
    release: (projection, stream, skip, heldBack) => {
      const model = modelOf(projection)
      if (model === undefined) return TE.left({ _tag: 'NotParked', projection, stream })
      return () => inTurn(state, () => releaseStream(state, model, stream, skip, heldBack, clock())).catch((error: unknown) => E.left(unavailable(error)))
    },
    startRebuild: (projections, partitions) => () =>
      inTurn(state, () => {
        if (state.rebuilding) return E.left({ _tag: 'RebuildUnderWay' as const })
        const models = readModels.filter(({ name }) => projections.includes(name))
        for (const { name } of models) align(booksOf(state, name), partitions)
        return E.right(startRebuild(state, models, clock))
      }),
  }
}

/** The low watermark of a store in memory; give its `notice` to the store. */
export const memoryProgress = (readModels: ReadonlyArray<{ readonly name: string }>, state: MemoryProjections): ProgressWatch =>
  progressWatch(async () => earliest(readModels.flatMap(({ name }) => {
    const { checkpoints } = booksOf(state, name)
    return checkpoints.length === 0 ? ['start' as const] : checkpoints
  })), MEMORY_POLL_MS)
