import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { orUnavailable } from '../answers.js'
import { contentOrNull, messageView, sealedEventsOf } from '../contents/message-view.js'
import type { Contents } from '../contents/open-contents.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import type { ReadSide } from '../index.js'
import { queryLimits } from '../limits.js'
import type { StoredInboxEntry } from '../ports.js'
import type { InboxEntry, InboxPage } from '../views.js'
import { cursorOf, placeOf } from './cursor.js'

const sealedOf = ({ name, lastMessage }: StoredInboxEntry) => [
  ...(name === undefined ? [] : [name]),
  ...(lastMessage === undefined ? [] : sealedEventsOf(lastMessage)),
]

const entryView = (contents: Contents) => (entry: StoredInboxEntry): InboxEntry => ({
  conversation: entry.conversation,
  kind: entry.kind,
  encryption: entry.encryption,
  name: entry.name === undefined ? null : contentOrNull(contents(entry.name)),
  lastMessage: entry.lastMessage === undefined ? null : messageView(contents)(entry.lastMessage),
  lastActivityAt: entry.activityAt,
  head: entry.head,
  readThrough: entry.readThrough,
  unread: entry.unread,
  muted: entry.muted,
  member: entry.member,
})

export const inboxQuery = ({ readers, keyStore }: ReadSideDependencies): Pick<ReadSide, 'inbox'> => ({
  inbox: (account, { before, limit }) =>
    pipe(
      TE.fromEither(before === undefined ? E.right(undefined) : placeOf(before)),
      TE.chain((place) => orUnavailable(readers.inbox.page(account, { before: place, limit: limit + 1, countAtMost: queryLimits.unreadCount }))),
      TE.chain((entries) => {
        const shown = entries.slice(0, limit)
        const last = entries.length > limit ? shown.at(-1) : undefined
        return pipe(
          openContents(keyStore)(shown.flatMap(sealedOf)),
          TE.map((contents): InboxPage => ({ conversations: shown.map(entryView(contents)), ...(last === undefined ? {} : { next: cursorOf(last) }) })),
        )
      }),
    ),
})
