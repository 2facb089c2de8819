import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { problem } from '../../events/wire/problems.js'
import { orNotFound } from '../answers.js'
import { deliveredEvent } from '../contents/delivered.js'
import { messageView, sealedEventsOf } from '../contents/message-view.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import type { ReadSide } from '../index.js'
import type { StoredMessage } from '../ports.js'
import type { MessageView, TimelinePage } from '../views.js'

export const timelineQueries = ({ readers, keyStore }: ReadSideDependencies): Pick<ReadSide, 'timeline' | 'message' | 'events'> => {
  const opened = openContents(keyStore)
  const views = (messages: ReadonlyArray<StoredMessage>) =>
    TE.map((contents: Parameters<typeof messageView>[0]) => messages.map(messageView(contents)))(opened(messages.flatMap(sealedEventsOf)))

  const timeline: ReadSide['timeline'] = (account, conversation, page) =>
    pipe(
      orNotFound(readers.timeline.messages(account, conversation, { ...page, limit: page.limit + 1 })),
      TE.chain(({ messages, head }) => pipe(
        views(messages.slice(0, page.limit)),
        TE.map((shown: MessageView[]): TimelinePage => {
          const last = messages.length > page.limit ? shown.at(-1) : undefined
          return { messages: shown, head, ...(last === undefined ? {} : { next: last.sequence }) }
        }),
      )),
    )

  const message: ReadSide['message'] = (account, conversation, sequence) =>
    pipe(
      orNotFound(readers.timeline.messages(account, conversation, { newerThan: sequence - 1, limit: 1 })),
      TE.chain(({ messages }) => views(messages.filter(({ sent }) => sent.revision === BigInt(sequence)))),
      TE.chain(([view]) => TE.fromOption(() => problem('not-found'))(O.fromNullable(view))),
    )

  const events: ReadSide['events'] = (account, conversation, { from, limit }) =>
    pipe(
      orNotFound(readers.timeline.events(account, conversation, from, limit)),
      TE.chain((recorded) => TE.map((contents: Parameters<typeof deliveredEvent>[0]) => recorded.map(deliveredEvent(contents)))(opened(recorded))),
    )

  return { timeline, message, events }
}
