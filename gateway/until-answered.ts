import { setTimeout as after } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Problem } from '../events/wire/answers.js'
import { innerLimits } from './limits.js'

/** The gateway ends: what is still asked for will not be answered. */
export class GatewayStopped extends Error {
  override readonly name = 'GatewayStopped'
}

export interface Persistence {
  readonly signal: AbortSignal
  /** Told of each failure. */
  readonly onFailure: (doing: string, problem: Problem) => void
}

/**
 * Asks until there is an answer, with pauses that double from 50 ms to 2 s: a part that is away comes back, and what was
 * asked must not be left out. Rejects with `GatewayStopped` only.
 */
export const untilAnswered = async <A>({ signal, onFailure }: Persistence, doing: string, ask: TaskEither<Problem, A>): Promise<A> => {
  for (let pauseMs: number = innerLimits.firstRetryMs; !signal.aborted; pauseMs = Math.min(2 * pauseMs, innerLimits.longestRetryMs)) {
    const answer = await ask()
    if (E.isRight(answer)) return answer.right
    onFailure(doing, answer.left)
    await after(pauseMs, undefined, { signal }).catch(() => undefined)
  }
  throw new GatewayStopped(doing)
}
