import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Unavailable } from '../../command-side/ports.js'

const RETRY_AFTER_MS = 100

/** A statement's answer, or that Postgres could not give one: every failure is one that the caller may try again. */
export const answered = <A>(work: () => Promise<A>): TE.TaskEither<Unavailable, A> =>
  TE.tryCatch(work, (error) => ({
    _tag: 'Unavailable', retryAfterMs: RETRY_AFTER_MS, reason: error instanceof Error ? error.message : String(error),
  }))
