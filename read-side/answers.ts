import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Option } from 'fp-ts/lib/Option.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Problem } from '../events/wire/answers.js'
import { problem } from '../events/wire/problems.js'

interface Away {
  readonly retryAfterMs: number
}

/** A reader or key store that cannot answer now; its own words stay inside. */
export const orUnavailable = <A>(answer: TE.TaskEither<Away, A>): TE.TaskEither<Problem, A> =>
  TE.mapLeft(({ retryAfterMs }: Away) => problem('unavailable', { retryAfterMs }))(answer)

/** What is not there and what may not be seen answer the same. */
export const orNotFound = <A>(answer: TE.TaskEither<Away, Option<A>>): TE.TaskEither<Problem, A> =>
  pipe(orUnavailable(answer), TE.chainW(TE.fromOption(() => problem('not-found'))))
