import type pg from 'pg'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Checkpoint, Rebuild, RebuildEnd, RebuildError, Steps } from '../../../projections/ports.js'
import { streamsOf, waitingLine } from '../../projection-store/waiting-line.js'
import { dedicatedClient } from '../pool.js'
import { liveSchema, type PostgresReadModel } from '../read-model.js'
import { applyCarefully, fillAtOnce } from './apply-steps.js'
import { alignCheckpoints, asCheckpoints, checkpointsOf, lockAllCheckpoints } from './checkpoints.js'
import { compareTables, isEqual } from './compare.js'
import { keepParked, knownOf } from './dead-letters.js'
import { attempt, mayBePoison, Refused } from './failures.js'
import { dropRebuilt, dropReplaced, takePlace, type Beside } from './swap.js'
import { indexesOf, rebuiltTarget, tablesOf } from './target.js'

const REBUILD_LOCK = 7_443_211_906
/** Comparing and indexing whole tables takes its time. */
const REBUILD_STATEMENT_TIMEOUT_MS = 3_600_000

const transaction = async <A>(client: pg.Client, work: () => Promise<A>): Promise<A> => {
  await client.query('BEGIN; SET LOCAL synchronous_commit TO off')
  try {
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** By live schema: the projection. */
const projectionsOf = (models: ReadonlyArray<Beside>): ReadonlyMap<string, string> =>
  new Map(models.map(({ liveSchema, rebuilt }) => [liveSchema, rebuilt.model.name]))

const applyTo = async (client: pg.Client, models: ReadonlyArray<Beside>, steps: Steps, apply: typeof fillAtOnce): Promise<void> => {
  const known = await knownOf(client, models.map(({ rebuilt }) => rebuilt), streamsOf([...steps.values()].flat()))
  for (const { rebuilt } of models) {
    const line = waitingLine({ ...known(rebuilt), checkpoint: 'start' })
    await apply(client, rebuilt, line, steps.get(rebuilt.model.name) ?? [])
    await keepParked(client, rebuilt, line)
  }
}

const fill = (client: pg.Client, models: ReadonlyArray<Beside>): Rebuild['fill'] => (steps) =>
  attempt(() =>
    transaction(client, () => applyTo(client, models, steps, fillAtOnce)).catch((error: unknown) => {
      if (!mayBePoison(error)) throw error
      return transaction(client, () => applyTo(client, models, steps, applyCarefully))
    }),
  )

/** Under the locks of the live checkpoints, so that nobody moves them: catch up, compare, swap. */
const conclude = async (client: pg.Client, models: ReadonlyArray<Beside>, { remaining, swap }: Parameters<Rebuild['finish']>[0]): Promise<RebuildEnd> => {
  const rows = await lockAllCheckpoints(client, models.map(({ liveSchema }) => liveSchema))
  for await (const steps of remaining(asCheckpoints(rows, projectionsOf(models)))) await applyTo(client, models, steps, applyCarefully)
  const comparisons = []
  for (const { rebuilt, liveSchema: beside } of models) {
    if (beside === liveSchema(rebuilt.model)) comparisons.push(...(await compareTables(client, beside, rebuilt)))
  }
  const swapped = swap === 'always' || (swap === 'when-equal' && comparisons.every(isEqual))
  if (swapped) for (const model of models) await takePlace(client, model)
  return { comparisons, swapped }
}

/** Indexes, and statistics: queries planned right after the swap must not think the tables empty. */
const complete = async (client: pg.Client, models: ReadonlyArray<Beside>): Promise<void> => {
  for (const { rebuilt } of models) {
    await client.query(indexesOf(rebuilt))
    for (const table of rebuilt.model.tables) await client.query(`ANALYZE ${rebuilt.schema}.${table}`)
  }
}

/** The schema that the read model stands beside: its own version's, else an older version's. */
const besideOf = async (client: pg.Client, model: PostgresReadModel): Promise<Beside> => {
  const { rows } = await client.query<{ read_model: string }>(
    `SELECT t.read_model FROM (SELECT $2::text AS read_model, true AS own UNION SELECT read_model, false FROM projections.checkpoints WHERE projection = $1) t
      WHERE to_regnamespace(t.read_model) IS NOT NULL ORDER BY t.own DESC, length(t.read_model) DESC, t.read_model DESC LIMIT 1`,
    [model.name, liveSchema(model)])
  const live = rows[0]?.read_model
  if (live === undefined) throw new Refused<RebuildError>({ _tag: 'NothingLive', projection: model.name })
  return { rebuilt: rebuiltTarget(model), liveSchema: live }
}

const begin = async (pool: pg.Pool, client: pg.Client, models: ReadonlyArray<PostgresReadModel>, partitions: number): Promise<ReadonlyArray<Beside>> => {
  const { rows } = await client.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [REBUILD_LOCK])
  if (rows[0]?.free !== true) throw new Refused<RebuildError>({ _tag: 'RebuildUnderWay' })
  const beside: Beside[] = []
  for (const model of models) beside.push(await besideOf(client, model))
  await alignCheckpoints(pool, projectionsOf(beside), partitions)
  for (const model of beside) {
    await dropReplaced(client, model)
    await dropRebuilt(client, model)
    await client.query(tablesOf(model.rebuilt))
  }
  return beside
}

const rebuildOn = (client: pg.Client, models: ReadonlyArray<Beside>): Rebuild => {
  let ended = false
  const abandon = async (): Promise<void> => {
    if (ended) return
    ended = true
    try {
      for (const model of models) await dropRebuilt(client, model)
    } catch {
      // The connection is gone; the next rebuild drops what is left.
    } finally {
      await client.end()
    }
  }
  const finish: Rebuild['finish'] = (end) => async () => {
    const outcome = await pipe(
      attempt<never, void>(() => transaction(client, () => complete(client, models))),
      TE.chain(() => attempt<never, RebuildEnd>(() => transaction(client, () => conclude(client, models, end)))),
    )()
    if (E.isRight(outcome) && outcome.right.swapped) for (const model of models) await dropReplaced(client, model).catch(() => undefined)
    await abandon()
    return outcome
  }
  const live = () => attempt<never, ReadonlyArray<Checkpoint>>(() => checkpointsOf(client, projectionsOf(models)))
  return { live, fill: fill(client, models), finish, abandon }
}

/**
 * Rebuilds on a connection of its own, which holds the lock that only one rebuild has. A rebuild that is cut off leaves
 * tables beside the live ones, which the next one drops.
 */
export const startRebuild = (pool: pg.Pool, models: ReadonlyArray<PostgresReadModel>, partitions: number): TE.TaskEither<RebuildError, Rebuild> => async () => {
  const timeouts = { statement_timeout: REBUILD_STATEMENT_TIMEOUT_MS, query_timeout: REBUILD_STATEMENT_TIMEOUT_MS, idle_in_transaction_session_timeout: 0 }
  const connected = await attempt<never, pg.Client>(() => dedicatedClient(pool, timeouts))()
  if (E.isLeft(connected)) return connected
  const begun = await attempt<RebuildError, ReadonlyArray<Beside>>(() => begin(pool, connected.right, models, partitions))()
  if (E.isRight(begun)) return E.right(rebuildOn(connected.right, begun.right))
  await connected.right.end()
  return begun
}
