import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { orUnavailable } from '../answers.js'
import { deliveredEvent } from '../contents/delivered.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import type { ReadSide } from '../index.js'
import { away, waitFor } from './wait-for.js'

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
