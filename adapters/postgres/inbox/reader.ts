import type pg from 'pg'
import type { Position } from '../../../events/event-store.js'
import type { ConversationKind, Encryption } from '../../../events/schemas/conversation.js'
import { streamId } from '../../../events/streams.js'
import { notificationsModel } from '../../../projections/notifications/writes.js'
import { readStatesModel } from '../../../projections/read-states/writes.js'
import type { InboxReader, StoredInboxEntry, StoredMessage } from '../../../read-side/ports.js'
import { membersSchema, readableHead, within } from '../members/readable.js'
import { liveSchema } from '../read-model.js'
import { answering, onOneState, preparedRows } from '../read-model-query.js'
import { messageParts, timelineSchema } from '../timeline/messages.js'
import type { EventRow, MessagePart } from '../timeline/rows.js'
import { eventColumns, eventOf, messagesOf } from '../timeline/rows.js'
import { inboxSchema, nameUpTo } from './names.js'

const events = `${timelineSchema}.events`

type EntryRow = readonly [
  conversation: string, activity: Position, activityAt: string, head: number, member: boolean, visible: string,
  kind: ConversationKind, encryption: Encryption, readThrough: number | null, muted: boolean, unread: string, lastMessage: number | null,
  ...name: EventRow | ReadonlyArray<null>,
]

/** $1 account, $2 and $3 where the page before ended, $4 how many entries, $5 how far unread messages are counted. */
const entries = preparedRows<EntryRow>('inbox.page', `
  WITH mine AS (
    SELECT m.conversation, m.visible, upper_inf(m.visible) AS member,
      CASE WHEN upper_inf(m.visible) THEN i.activity_position ELSE m.position END AS activity,
      CASE WHEN upper_inf(m.visible) THEN i.activity_at ELSE m.at END AS activity_at,
      ${readableHead('m.visible', 'i.head')} AS head, i.last_message
    FROM ${membersSchema}.members m JOIN ${inboxSchema}.conversations i USING (conversation)
    WHERE m.user_id = $1::uuid
  ), page AS MATERIALIZED (
    SELECT * FROM mine WHERE $2::text IS NULL OR (activity, conversation) < ($2::text COLLATE "C", $3::uuid)
    ORDER BY activity DESC, conversation DESC LIMIT $4::integer
  )
  SELECT p.conversation, p.activity, p.activity_at, p.head, p.member, p.visible::text, c.kind, c.encryption, r.through,
    coalesce((SELECT s.silent FROM ${liveSchema(notificationsModel)}.silences s
      WHERE s.account = $1::uuid AND s.silence_of = 'conversation' AND s.subject = p.conversation::text ORDER BY s.position DESC LIMIT 1), false),
    (SELECT count(*) FROM (
      SELECT FROM unnest(p.visible) AS span CROSS JOIN LATERAL (
        SELECT FROM ${events} e
        WHERE e.conversation = p.conversation AND e.sequence > coalesce(r.through, -1) AND ${within('e.sequence', 'span')} AND e.sender <> $1::uuid
          AND NOT EXISTS (SELECT FROM ${timelineSchema}.changes d
            WHERE d.conversation = e.conversation AND d.target = e.sequence AND d.aspect = 'deletion' AND p.visible @> d.sequence)
        LIMIT $5::integer
      ) u LIMIT $5::integer
    ) u),
    CASE WHEN p.visible @> p.last_message THEN p.last_message ELSE (
      SELECT max(l.sequence) FROM unnest(p.visible) AS span CROSS JOIN LATERAL (
        SELECT e.sequence FROM ${events} e
        WHERE e.conversation = p.conversation AND ${within('e.sequence', 'span')} AND e.sender IS NOT NULL ORDER BY e.sequence DESC LIMIT 1
      ) l
    ) END,
    ${eventColumns('n')}
  FROM page p
  JOIN ${membersSchema}.conversations c USING (conversation)
  LEFT JOIN ${liveSchema(readStatesModel)}.markers r ON r.conversation = p.conversation AND r.user_id = $1::uuid
  LEFT JOIN LATERAL ${nameUpTo('p.conversation', 'p.head')} n ON true
  ORDER BY p.activity DESC, p.conversation DESC`)

const messageStates = preparedRows<MessagePart>('inbox.messages', messageParts(
  'SELECT w.conversation, w.sequence, w.visible::int4multirange AS visible FROM unnest($1::uuid[], $2::integer[], $3::text[]) AS w (conversation, sequence, visible)',
))

const lastMessages = async (client: pg.ClientBase, rows: ReadonlyArray<EntryRow>): Promise<ReadonlyMap<string, StoredMessage>> => {
  const wanted = rows.flatMap(([conversation, , , , , visible, , , , , , sequence]) => (sequence === null ? [] : [{ conversation, sequence, visible }]))
  if (wanted.length === 0) return new Map()
  const parts = await messageStates(client, [
    wanted.map(({ conversation }) => conversation), wanted.map(({ sequence }) => sequence), wanted.map(({ visible }) => visible),
  ])
  return new Map(messagesOf(parts).map((message) => [streamId(message.sent.stream), message]))
}

const isEvent = (name: EventRow | ReadonlyArray<null>): name is EventRow => name[0] !== null

const entryOf = (row: EntryRow, messages: ReadonlyMap<string, StoredMessage>): StoredInboxEntry => {
  const [conversation, activity, activityAt, head, member, , kind, encryption, readThrough, muted, unread, , ...name] = row
  return {
    conversation, activity, head, member, kind, encryption, muted,
    activityAt: Number(activityAt),
    readThrough: readThrough ?? 0,
    unread: Number(unread),
    name: isEvent(name) ? eventOf(name) : undefined,
    lastMessage: messages.get(conversation),
  }
}

/** The conversations of an account, by two statements on one state whatever their number. */
export const postgresInboxReader = (pool: pg.Pool): InboxReader => ({
  page: (account, { before, limit, countAtMost }) =>
    answering(() => onOneState(pool, async (client) => {
      const rows = await entries(client, [account, before?.activity ?? null, before?.conversation ?? null, limit, countAtMost])
      const messages = await lastMessages(client, rows)
      return rows.map((row) => entryOf(row, messages))
    })),
})
