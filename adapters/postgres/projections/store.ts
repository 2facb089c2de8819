import type pg from 'pg'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Position } from '../../../events/event-store.js'
import { earliest } from '../../../events/progress.js'
import type { Checkpoint, ParkedStream, ProjectionStore } from '../../../projections/ports.js'
import { liveSchema } from '../read-model.js'
import { alignCheckpoints, checkpointsOf } from './checkpoints.js'
import { commitBatch } from './commit.js'
import { parkedStreams } from './dead-letters.js'
import { attempt } from './failures.js'
import { startRebuild } from './rebuild.js'
import { releaseStream } from './release.js'
import { liveTarget, untyped, type AnyReadModel } from './target.js'

export interface PostgresProjectionStoreOptions {
  /** Of a migrated database (`migrate`) with these read models (`ensureReadModels`). Not closed by the store. */
  readonly pool: pg.Pool
  readonly readModels: ReadonlyArray<AnyReadModel>
  /** Called after each commit: `notice` of `postgresProgress`. */
  readonly onCommitted?: () => void
}

/** A name that no read model of this store has is a mistake in the program, not in what it was given. */
const named = <A extends { readonly name: string }>(all: ReadonlyArray<A>, name: string): A => {
  const found = all.find((one) => one.name === name)
  if (found === undefined) throw new Error(`no projection ${name}`)
  return found
}

/**
 * Read models in Postgres (>= 14), schemas `<name>_v<version>`; bookkeeping in schema `projections`.
 *
 * Guard: a commit first locks its partition's checkpoints, so of two projectors one waits and then finds the batch applied.
 * Order of locks, for everyone: checkpoints by read model and partition, then parked streams, then tables.
 * Commits do not wait for their flush (`synchronous_commit = off`), releases and rebuilds do.
 */
export const postgresProjectionStore = ({ pool, onCommitted, ...options }: PostgresProjectionStoreOptions): ProjectionStore => {
  const readModels = untyped(options.readModels)
  const targets = readModels.map(liveTarget)
  const schemas = new Map(readModels.map((model) => [liveSchema(model), model.name]))
  return {
    resumeAfter: (partition, partitions) =>
      attempt<never, Position | 'start'>(async () => {
        await alignCheckpoints(pool, schemas, partitions)
        const mine = (await checkpointsOf(pool, schemas)).filter((checkpoint) => checkpoint.partition === partition)
        return earliest(mine.map(({ position }) => position))
      }),
    commit: (batch) => async () => {
      const committed = await commitBatch(pool, targets, batch)()
      if (E.isRight(committed)) onCommitted?.()
      return committed
    },
    checkpoints: () => attempt<never, ReadonlyArray<Checkpoint>>(() => checkpointsOf(pool, schemas)),
    parked: () => attempt<never, ReadonlyArray<ParkedStream>>(() => parkedStreams(pool, targets)),
    release: (projection, stream, skip, heldBack) => {
      const target = targets.find(({ model }) => model.name === projection)
      return target === undefined ? TE.left({ _tag: 'NotParked', projection, stream }) : releaseStream(pool, target, stream, skip, heldBack)
    },
    startRebuild: (projections, partitions) => startRebuild(pool, projections.map((name) => named(readModels, name)), partitions),
  }
}
