import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { StoreReadFailed } from '../../events/event-store.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { unavailable } from './answers.js'

const COMMANDS_UNDER_WAY = 10_000
const BUSY_RETRY_MS = 250
const READ_RETRY_MS = 250
const CLOSED_RETRY_MS = 1_000

/** The door of the command side: how many are inside, and nobody once it is closed. */
export interface Admission {
  /**
   * Runs the work unless too much is under way (`busy`) or the door is closed (`unavailable`). Never rejects: a
   * stream that cannot be read is `unavailable`; a defect is told to `onDefect` and answers `internal`.
   */
  readonly enter: <A>(work: () => Promise<E.Either<Problem, A>>) => TaskEither<Problem, A>
  /** Resolves when everyone has left. */
  readonly close: () => Promise<void>
}

export const admission = (onDefect: (error: unknown) => void, atMost = COMMANDS_UNDER_WAY): Admission => {
  const leaving: (() => void)[] = []
  let underWay = 0
  let open = true

  const leave = () => {
    underWay -= 1
    if (underWay === 0) for (const left of leaving.splice(0)) left()
  }

  const failed = (error: unknown): E.Either<Problem, never> => {
    if (error instanceof StoreReadFailed) return E.left(unavailable(READ_RETRY_MS))
    onDefect(error)
    return E.left(problem('internal'))
  }

  return {
    enter: (work) => async () => {
      if (!open) return E.left(unavailable(CLOSED_RETRY_MS))
      if (underWay >= atMost) return E.left(problem('busy', { retryAfterMs: BUSY_RETRY_MS }))
      underWay += 1
      try {
        return await work()
      } catch (error) {
        return failed(error)
      } finally {
        leave()
      }
    },
    close: () => {
      open = false
      return underWay === 0 ? Promise.resolve() : new Promise((resolve) => { leaving.push(resolve) })
    },
  }
}
