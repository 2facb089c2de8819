import * as TE from 'fp-ts/lib/TaskEither.js'
import { mayRead } from '../../../events/visibility.js'
import type { SearchReader } from '../../../read-side/ports.js'
import type { MemoryMembers } from './members.js'
import type { MemoryTimeline } from './timeline.js'
import { conversationsOf, messageSeen, seenBy } from './visible-timeline.js'

/** What a search reads beside the index. */
export const memorySearchReader = ({ timeline, members }: { readonly timeline: MemoryTimeline; readonly members: MemoryMembers }): SearchReader => ({
  searchable: (account) => TE.fromIO(() => conversationsOf(timeline, members, account).flatMap(({ conversation, visible }) => {
    const created = members.tables.current().groups.get(conversation)?.created
    return created === undefined || visible.length === 0 ? [] : [{ conversation, encryption: created.encryption, visible }]
  })),
  messages: (account, places) => TE.fromIO(() => places.flatMap(({ conversation, sequence }) => {
    const seen = seenBy(timeline, members, account, conversation)
    const sent = seen?.timeline.bySequence.get(sequence)
    return seen === undefined || sent?.message === undefined || !mayRead(seen.visible, sequence) ? [] : [messageSeen(seen, sent)]
  })),
})
