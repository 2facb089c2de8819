import pg from 'pg'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { ProjectionStoreUnavailable } from '../../../projections/ports.js'

const RETRY_AFTER_MS = 250
const ATTEMPTS_AT_CONFLICTS = 4

/** Classes of SQLSTATE that speak of the values written: cardinality, data, integrity, program limits, raised by a function. */
const classesOfBadWrites = ['21', '22', '23', '54', 'P0']
/** Deadlock and serialisation failure: other transactions were in the way. */
const conflicts = ['40P01', '40001']

/** An expected outcome that has to roll back the transaction around it. */
export class Refused<Refusal> extends Error {
  constructor(readonly refusal: Refusal) { super('refused') }
}

/** Whether the writes themselves may be what failed: a savepoint tells them from a lost connection. */
export const mayBePoison = (error: unknown): boolean =>
  error instanceof pg.DatabaseError ? classesOfBadWrites.includes(error.code?.slice(0, 2) ?? '') : !(error instanceof Refused)

export const reasonOf = (error: unknown): string => {
  if (error instanceof pg.DatabaseError) return `${error.code ?? 'unknown'} ${error.message}`
  return error instanceof Error ? error.message : String(error)
}

export const unavailable = (error: unknown): ProjectionStoreUnavailable => ({
  _tag: 'ProjectionStoreUnavailable',
  retryAfterMs: RETRY_AFTER_MS,
  reason: reasonOf(error),
})

/** Runs the work, again at once when another transaction was in its way; a `Refused` is its own answer. */
export const attempt = <Refusal, A>(work: () => Promise<A>): TaskEither<ProjectionStoreUnavailable | Refusal, A> => async () => {
  for (let left = ATTEMPTS_AT_CONFLICTS; ; left -= 1) {
    try {
      return E.right(await work())
    } catch (error) {
      if (error instanceof Refused) return E.left(error.refusal as Refusal)
      const isConflict = error instanceof pg.DatabaseError && conflicts.includes(error.code ?? '')
      if (!isConflict || left === 1) return E.left(unavailable(error))
    }
  }
}
