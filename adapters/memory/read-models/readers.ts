import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { isAfter } from '../../../events/progress.js'
import { isMember } from '../../../events/visibility.js'
import type { AccountsReader, ConversationsReader, InboxReader, PageOfMessages, Readers, StoredAccount, StoredInboxEntry, TimelineReader } from '../../../read-side/ports.js'
import type { MemoryAccounts, MemoryProfile } from './accounts.js'
import { memoryAudienceReader, type MemoryAudience } from './audience.js'
import type { MemoryInbox } from './inbox.js'
import type { MemoryMembers } from './members.js'
import { isSilent, type MemoryNotifications } from './notifications.js'
import { memoryNotificationsReader } from './notifications-reader.js'
import type { MemoryReadStates } from './read-states.js'
import { memorySearchReader } from './search-reader.js'
import type { MemoryStories } from './stories.js'
import { memoryStoriesReader } from './stories-reader.js'
import type { MemoryTimeline } from './timeline.js'
import type { Seen } from './visible-timeline.js'
import { conversationsOf, messageSeen, nameSeen, pinsSeen, seenBy, visibleEvents } from './visible-timeline.js'

export interface MemoryReadModels {
  readonly timeline: MemoryTimeline
  readonly members: MemoryMembers
  readonly inbox: MemoryInbox
  readonly accounts: MemoryAccounts
  readonly readStates: MemoryReadStates
  readonly audience: MemoryAudience
  readonly notifications: MemoryNotifications
  readonly stories: MemoryStories
}

const messagesOf = (seen: Seen, { olderThan = Number.POSITIVE_INFINITY, newerThan, limit }: PageOfMessages) => {
  const messages = visibleEvents(seen).filter(({ message }) => message !== undefined)
  const page = newerThan === undefined
    ? messages.filter(({ sequence }) => sequence < olderThan).toReversed()
    : messages.filter(({ sequence }) => sequence > newerThan)
  return { messages: page.slice(0, limit).map((sent) => messageSeen(seen, sent)), head: seen.head }
}

const timelineReader = ({ timeline, members }: MemoryReadModels): TimelineReader => {
  const seen = (account: string, conversation: string) => O.fromNullable(seenBy(timeline, members, account, conversation))
  const recorded = (conversation: string) => timeline.tables.current().conversations.get(conversation)?.events ?? []
  return {
    messages: (account, conversation, page) => TE.fromIO(() => O.map((of: Seen) => messagesOf(of, page))(seen(account, conversation))),
    events: (account, conversation, from, limit) => TE.fromIO(() => O.map((of: Seen) =>
      visibleEvents(of).filter(({ sequence }) => sequence >= from).slice(0, limit).map((event) => event.recorded))(seen(account, conversation))),
    missed: (account, after, limit) => TE.fromIO(() =>
      conversationsOf(timeline, members, account)
        .flatMap(visibleEvents)
        .map((event) => event.recorded)
        .filter(({ position }) => isAfter(position, after))
        .sort((one, other) => (one.position < other.position ? -1 : 1))
        .slice(0, limit)),
    range: (conversation, from, to) => TE.fromIO(() =>
      recorded(conversation).filter(({ sequence }) => sequence >= from && sequence <= to).map((event) => event.recorded)),
    heads: (conversations) => TE.fromIO(() => new Map(conversations.flatMap((conversation) => {
      const head = recorded(conversation).at(-1)?.sequence
      return head === undefined ? [] : [[conversation, head] as const]
    }))),
  }
}

const currentMembers = ({ members }: MemoryReadModels, conversation: string) =>
  [...(members.tables.current().groups.get(conversation)?.members ?? [])].filter(([, { visible }]) => isMember(visible))

const conversationsReader = (models: MemoryReadModels): ConversationsReader => {
  const { timeline, members, inbox, readStates } = models
  return {
    memberships: (account) => TE.fromIO(() => conversationsOf(timeline, members, account).map(({ conversation, visible, timeline: { events } }) =>
      ({ conversation, visible, headSequence: events.at(-1)?.sequence ?? 0 }))),
    find: (account, conversation) => TE.fromIO(() => {
      const [seen, created] = [seenBy(timeline, members, account, conversation), members.tables.current().groups.get(conversation)?.created]
      if (seen === undefined || created === undefined) return O.none
      const present = isMember(seen.visible) ? currentMembers(models, conversation) : []
      return O.some({
        kind: created.kind, encryption: created.encryption, history: created.history, head: seen.head,
        name: nameSeen(inbox, seen),
        members: present
          .map(([userId, { role, since }]) => ({ userId, role, since }))
          .sort((one, other) => one.since - other.since || (one.userId < other.userId ? -1 : 1)),
        pins: pinsSeen(seen),
      })
    }),
    readStates: (account, conversation) => TE.fromIO(() => {
      const seen = seenBy(timeline, members, account, conversation)
      if (seen === undefined) return O.none
      const shown = new Set([account, ...(isMember(seen.visible) ? currentMembers(models, conversation).map(([userId]) => userId) : [])])
      return O.some([...(readStates.tables.current().markers.get(conversation) ?? [])]
        .filter(([userId]) => shown.has(userId))
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([userId, through]) => ({ userId, through })))
    }),
  }
}

const entryOf = ({ members, inbox, readStates, notifications }: MemoryReadModels, account: string, seen: Seen, countAtMost: number): ReadonlyArray<StoredInboxEntry> => {
  const { conversation, visible, member } = seen
  const [created, row] = [members.tables.current().groups.get(conversation)?.created, inbox.tables.current().rows.get(conversation)]
  if (created === undefined || row?.activity === undefined) return []
  const through = readStates.tables.current().markers.get(conversation)?.get(account) ?? 0
  const messages = visibleEvents(seen).filter(({ message }) => message !== undefined)
  const last = messages.at(-1)
  const { position, at } = isMember(visible) ? row.activity : member
  const unread = messages.filter((sent) =>
    sent.sequence > through && sent.message?.sender !== account && !messageSeen(seen, sent).deleted)
  return [{
    conversation, kind: created.kind, encryption: created.encryption, head: seen.head, member: isMember(visible),
    activity: position, activityAt: at, readThrough: through, unread: Math.min(unread.length, countAtMost),
    muted: isSilent(notifications, account, 'conversation', conversation),
    name: nameSeen(inbox, seen),
    lastMessage: last === undefined ? undefined : messageSeen(seen, last),
  }]
}

const placeOf = ({ activity, conversation }: Pick<StoredInboxEntry, 'activity' | 'conversation'>): string => `${activity} ${conversation}`

const inboxReader = (models: MemoryReadModels): InboxReader => ({
  page: (account, { before, limit, countAtMost }) => TE.fromIO(() =>
    conversationsOf(models.timeline, models.members, account)
      .flatMap((seen) => entryOf(models, account, seen, countAtMost))
      .filter((entry) => before === undefined || placeOf(entry) < placeOf(before))
      .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1))
      .slice(0, limit)),
})

const accountOf = ({ userId, recorded }: MemoryProfile): StoredAccount => ({ userId, profile: recorded })

const accountsReader = ({ accounts: { tables } }: MemoryReadModels): AccountsReader => ({
  find: (userIds) => TE.fromIO(() => [...new Set(userIds)].flatMap((userId) => {
    const profile = tables.current().profiles.get(userId)
    return profile === undefined ? [] : [accountOf(profile)]
  })),
  byHandle: (handleDigest) => TE.fromIO(() => {
    const holders = [...tables.current().profiles.values()].filter((profile) => profile.handleDigest === handleDigest)
    return O.map(accountOf)(O.fromNullable(holders.sort((one, other) => (one.recorded.position < other.recorded.position ? 1 : -1))[0]))
  }),
  withDevices: (userId) => TE.fromIO(() => O.map((profile: MemoryProfile) => ({
    account: accountOf(profile),
    devices: [...(tables.current().devices.get(userId) ?? [])]
      .map(([deviceId, { registeredAt, revoked }]) => ({ deviceId, registeredAt, revoked }))
      .sort((one, other) => one.registeredAt - other.registeredAt || (one.deviceId < other.deviceId ? -1 : 1)),
  }))(O.fromNullable(tables.current().profiles.get(userId)))),
})

/** What the queries read from, in memory; every answer is of one moment, since nothing is awaited within it. */
export const memoryReaders = (models: MemoryReadModels): Readers => ({
  timeline: timelineReader(models),
  conversations: conversationsReader(models),
  inbox: inboxReader(models),
  accounts: accountsReader(models),
  audience: memoryAudienceReader(models.audience),
  notifications: memoryNotificationsReader(models),
  search: memorySearchReader(models),
  stories: memoryStoriesReader(models.stories),
})
