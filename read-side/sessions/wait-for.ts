import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Position } from '../../events/event-store.js'
import type { ProgressReader } from '../../events/progress.js'
import { isAfter } from '../../events/progress.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { ReadSide } from '../index.js'
import { queryLimits } from '../limits.js'

/** Progress that cannot be asked. */
export const away = (): Problem => problem('unavailable', { retryAfterMs: queryLimits.busyRetryAfterMs })

const reached = async (progress: ProgressReader, position: Position, signal: AbortSignal): Promise<boolean> => {
  let seen = await progress.progress()
  while (isAfter(position, seen)) {
    if (signal.aborted) return false
    await progress.changed(seen, signal)
    seen = await progress.progress()
  }
  return true
}

/** Resolves once the progress has reached the position; `busy` after `timeoutMs`. */
export const waitFor = (progress: ProgressReader): ReadSide['waitFor'] => (position, timeoutMs) =>
  pipe(
    TE.tryCatch(() => reached(progress, position, AbortSignal.timeout(timeoutMs)), away),
    TE.chain((isThere) => TE.fromEither(isThere ? E.right(undefined) : E.left(problem('busy', { retryAfterMs: queryLimits.busyRetryAfterMs })))),
  )
