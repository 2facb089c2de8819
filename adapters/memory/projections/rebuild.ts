import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { Rebuild, RebuildEnd, Steps, TableComparison } from '../../../projections/ports.js'
import { waitingLine } from '../../projection-store/waiting-line.js'
import type { MemoryReadModel, MemoryTables } from '../read-model.js'
import { applySteps } from './apply-steps.js'
import { booksOf, checkpointsOf, emptyBooks, inTurn, keepParked, parkedAt, skippedOf, type Books, type MemoryProjections } from './state.js'

interface Beside {
  readonly model: MemoryReadModel
  readonly live: NonNullable<MemoryReadModel['tables']>
  readonly books: Books
  readonly rebuilt: MemoryTables
}

const besideOf = (model: MemoryReadModel): Beside => {
  if (model.tables === undefined) throw new Error(`${model.name} cannot be rebuilt in memory: it does not show its tables`)
  return { model, live: model.tables, books: emptyBooks(), rebuilt: model.tables.empty() }
}

/** While the steps are applied the read model uses the rebuilt tables; all in one turn of the event loop. */
const applyTo = (state: MemoryProjections, { model, live, books, rebuilt }: Beside, steps: Steps, now: number): void => {
  const line = waitingLine({ checkpoint: 'start', parked: parkedAt(books), skipped: new Set(skippedOf(state, model.name).keys()) })
  const current = live.current()
  live.use(rebuilt)
  applySteps(model, line, steps.get(model.name) ?? [])
  live.use(current)
  keepParked(books, model.name, line, now)
}

const onlyIn = (one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): number =>
  [...one].filter(([key, row]) => !other.has(key) || !isDeepStrictEqual(row, other.get(key))).length

const compare = ({ model, live, rebuilt }: Beside): ReadonlyArray<TableComparison> =>
  Object.entries(live.current()).map(([table, rows]) => {
    const others = rebuilt[table] ?? new Map()
    return {
      projection: model.name, table,
      liveRows: rows.size, rebuiltRows: others.size,
      onlyLive: onlyIn(rows, others), onlyRebuilt: onlyIn(others, rows),
    }
  })

/** Rebuilds in memory: tables and bookkeeping beside the live ones, put in their place at the end. */
export const startRebuild = (state: MemoryProjections, models: ReadonlyArray<MemoryReadModel>, clock: () => number): Rebuild => {
  const beside = models.map(besideOf)
  state.rebuilding = true
  const applyAll = (steps: Steps): void => {
    for (const one of beside) applyTo(state, one, steps, clock())
  }
  const abandon = async (): Promise<void> => { state.rebuilding = false }
  const conclude = async ({ remaining, swap }: Parameters<Rebuild['finish']>[0]): Promise<RebuildEnd> => {
    for await (const steps of remaining(checkpointsOf(state, models))) applyAll(steps)
    const comparisons = beside.flatMap(compare)
    const isEqual = comparisons.every(({ onlyLive, onlyRebuilt }) => onlyLive + onlyRebuilt === 0)
    const swapped = swap === 'always' || (swap === 'when-equal' && isEqual)
    if (swapped) {
      for (const one of beside) {
        one.live.use(one.rebuilt)
        state.books.set(one.model.name, { checkpoints: booksOf(state, one.model.name).checkpoints, parked: one.books.parked })
      }
    }
    return { comparisons, swapped }
  }
  return {
    live: () => async () => E.right(checkpointsOf(state, models)),
    fill: (steps) => async () => E.right(applyAll(steps)),
    finish: (end) => async () => {
      try {
        return E.right(await inTurn(state, () => conclude(end)))
      } catch (error) {
        return E.left({ _tag: 'ProjectionStoreUnavailable', retryAfterMs: 0, reason: error instanceof Error ? error.message : String(error) })
      } finally {
        await abandon()
      }
    },
    abandon,
  }
}
