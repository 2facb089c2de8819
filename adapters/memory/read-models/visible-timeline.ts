import type { RecordedEvent } from '../../../events/event-store.js'
import type { Visible } from '../../../events/visibility.js'
import { isMember, mayRead } from '../../../events/visibility.js'
import type { TimelineWrite } from '../../../projections/timeline/writes.js'
import type { StoredMessage } from '../../../read-side/ports.js'
import type { MemoryInbox } from './inbox.js'
import type { MemoryMember, MemoryMembers } from './members.js'
import type { Changed, MemoryConversation, MemoryTimeline } from './timeline.js'

/** A conversation as one who is or was its member may see it. */
export interface Seen {
  readonly conversation: string
  readonly member: MemoryMember
  readonly visible: ReadonlyArray<Visible>
  readonly timeline: MemoryConversation
  /** The newest sequence that may be read. */
  readonly head: number
}

const nothing: MemoryConversation = { events: [], bySequence: new Map(), changes: new Map() }

export const seenBy = (timeline: MemoryTimeline, members: MemoryMembers, account: string, conversation: string): Seen | undefined => {
  const member = members.tables.current().groups.get(conversation)?.members.get(account)
  if (member === undefined) return undefined
  const lines = timeline.tables.current().conversations.get(conversation) ?? nothing
  const last = member.visible.at(-1)?.to
  return { conversation, member, visible: member.visible, timeline: lines, head: last ?? lines.events.at(-1)?.sequence ?? 0 }
}

export const conversationsOf = (timeline: MemoryTimeline, members: MemoryMembers, account: string): ReadonlyArray<Seen> =>
  [...members.tables.current().groups.keys()].sort().flatMap((conversation) => seenBy(timeline, members, account, conversation) ?? [])

export const visibleEvents = ({ timeline, visible }: Seen): ReadonlyArray<TimelineWrite> => timeline.events.filter(({ sequence }) => mayRead(visible, sequence))

/** Of each aspect of a message the last visible change, where it stands; by sequence. */
const standing = ({ timeline, visible }: Seen, target: number): ReadonlyArray<Changed> => {
  const latest = new Map<string, Changed>()
  for (const changed of timeline.changes.get(target) ?? []) {
    const { aspect, reaction } = changed.change
    if (mayRead(visible, changed.sequence)) latest.set(`${aspect} ${reaction?.userId ?? ''} ${reaction?.key ?? ''}`, changed)
  }
  return [...latest.values()].filter(({ change }) => change.stands).sort((one, other) => one.sequence - other.sequence)
}

export const messageSeen = (seen: Seen, { sequence, recorded }: TimelineWrite): StoredMessage => {
  const changes = standing(seen, sequence)
  const of = (aspect: Changed['change']['aspect']): ReadonlyArray<RecordedEvent> =>
    changes.filter(({ change }) => change.aspect === aspect).map((changed) => changed.recorded)
  return {
    sent: recorded, edit: of('content')[0], deleted: of('deletion').length > 0, pinned: of('pin').length > 0, reactions: of('reaction'),
  }
}

/** Targets of the pins that stand, in the order in which they were pinned; a former member is not told. */
export const pinsSeen = (seen: Seen): ReadonlyArray<number> => {
  if (!isMember(seen.visible)) return []
  return [...seen.timeline.changes.keys()]
    .filter((target) => mayRead(seen.visible, target))
    .flatMap((target) => {
      const changes = standing(seen, target)
      const pin = changes.find(({ change }) => change.aspect === 'pin')
      return pin === undefined || changes.some(({ change }) => change.aspect === 'deletion') ? [] : [pin]
    })
    .sort((one, other) => one.sequence - other.sequence)
    .map(({ change }) => change.target)
}

/** The event that named the conversation last, up to the newest sequence that may be read. */
export const nameSeen = (inbox: MemoryInbox, { conversation, timeline, head }: Seen): RecordedEvent | undefined => {
  const named = inbox.tables.current().rows.get(conversation)?.names.findLast((sequence) => sequence <= head)
  return named === undefined ? undefined : timeline.bySequence.get(named)?.recorded
}
