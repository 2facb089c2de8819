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
import { pageOf, placeBefore } from './cursor.js'

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
      placeBefore(before),
      TE.chain((place) => orUnavailable(readers.inbox.page(account, { before: place, limit: limit + 1, countAtMost: queryLimits.unreadCount }))),
      TE.chain((entries) => {
        const { shown, next } = pageOf(entries, limit, (last) => last)
        return pipe(
          openContents(keyStore)(shown.flatMap(sealedOf)),
          TE.map((contents): InboxPage => ({ conversations: shown.map(entryView(contents)), ...next })),
        )
      }),
    ),
})
