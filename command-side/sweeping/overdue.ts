import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { storyEnd } from '../../events/story-visibility.js'
import type { Clock } from '../../platform/clock.js'
import type { DueStories, Unavailable } from '../ports.js'

/** From so long after its end a story that is still there is a matter for an operator. */
export const OVERDUE_ALARM_MS = 3_600_000

/** For how many milliseconds the oldest story is over that has not ended yet; 0: there is none. */
export const overdueMs = (dueStories: DueStories, clock: Clock): TaskEither<Unavailable, number> => async () => {
  const now = clock()
  return pipe(await dueStories.due(now, 1)(), E.map(([oldest]) => (oldest === undefined ? 0 : now - storyEnd(oldest))))
}
