import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Position } from '../../events/event-store.js'
import type { ProgressReader } from '../../events/progress.js'
import { isAfter } from '../../events/progress.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { orUnavailable } from '../answers.js'
import { deliveredEvent } from '../contents/delivered.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import type { ReadSide } from '../index.js'
import { queryLimits } from '../limits.js'

const away = (): Problem => problem('unavailable', { retryAfterMs: queryLimits.busyRetryAfterMs })

const reached = async (progress: ProgressReader, position: Position, signal: AbortSignal): Promise<boolean> => {
  let seen = await progress.progress()
  while (isAfter(position, seen)) {
    if (signal.aborted) return false
    await progress.changed(seen, signal)
    seen = await progress.progress()
  }
  return true
}

const waitFor = (progress: ProgressReader): ReadSide['waitFor'] => (position, timeoutMs) =>
  pipe(
    TE.tryCatch(() => reached(progress, position, AbortSignal.timeout(timeoutMs)), away),
    TE.chain((isThere) => TE.fromEither(isThere ? E.right(undefined) : E.left(problem('busy', { retryAfterMs: queryLimits.busyRetryAfterMs })))),
  )

type SessionQueries = Pick<ReadSide, 'waitFor' | 'memberships' | 'missed' | 'range' | 'heads' | 'progress' | 'deliver'>

/** What sessions and gateways ask. */
export const sessionQueries = ({ readers, keyStore, progress }: ReadSideDependencies): SessionQueries => ({
  waitFor: waitFor(progress),
  progress: () => TE.tryCatch(progress.progress, away),
  memberships: (account) => orUnavailable(readers.conversations.memberships(account)),
  missed: (account, after, limit) =>
    pipe(
      orUnavailable(readers.timeline.missed(account, after, limit + 1)),
      TE.map((found) => {
        const events = found.slice(0, limit)
        return { events, through: events.at(-1)?.position ?? after, done: found.length <= limit }
      }),
    ),
  range: (conversation, from, to) => orUnavailable(readers.timeline.range(conversation, from, to)),
  heads: (conversations) => orUnavailable(readers.timeline.heads(conversations)),
  deliver: (events) => pipe(openContents(keyStore)(events), TE.map((contents) => events.map(deliveredEvent(contents)))),
})
