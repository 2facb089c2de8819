import * as O from 'fp-ts/lib/Option.js'
import type pg from 'pg'
import type { Role } from '../../../events/schemas/common.js'
import type { ConversationKind, Encryption, History } from '../../../events/schemas/conversation.js'
import { readStatesModel } from '../../../projections/read-states/writes.js'
import type { ConversationsReader, StoredConversation } from '../../../read-side/ports.js'
import { nameUpTo } from '../inbox/names.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'
import { timelineSchema } from '../timeline/messages.js'
import { headOf } from '../timeline/reader.js'
import type { EventRow } from '../timeline/rows.js'
import { eventColumns, eventOf } from '../timeline/rows.js'
import { membersSchema, readableHead, visibleOf } from './readable.js'

const members = `${membersSchema}.members`
const changes = `${timelineSchema}.changes`

type ConversationRow = readonly [
  kind: ConversationKind, encryption: Encryption, history: History, head: number,
  members: ReadonlyArray<readonly [string, Role, number]> | null, pins: ReadonlyArray<number> | null,
  ...name: EventRow | ReadonlyArray<null>,
]

const memberships = preparedRows<readonly [conversation: string, visible: string, head: number | null]>('members.memberships', `
  SELECT m.conversation, m.visible::text, ${headOf('m.conversation')} FROM ${members} m WHERE m.user_id = $1::uuid ORDER BY m.conversation`)

const conversation = preparedRows<ConversationRow>('members.conversation', `
  WITH me AS (
    SELECT m.*, ${readableHead('m.visible', headOf('m.conversation'))} AS head FROM ${members} m WHERE m.conversation = $2::uuid AND m.user_id = $1::uuid
  )
  SELECT c.kind, c.encryption, c.history, me.head,
    CASE WHEN upper_inf(me.visible) THEN (
      SELECT json_agg(json_build_array(m.user_id, m.role, m.since) ORDER BY m.since, m.user_id)
      FROM ${members} m WHERE m.conversation = c.conversation AND upper_inf(m.visible)
    ) END,
    CASE WHEN upper_inf(me.visible) THEN (
      SELECT array_agg(p.target ORDER BY p.sequence) FROM (
        SELECT DISTINCT ON (p.target) p.* FROM ${changes} p
        WHERE p.conversation = c.conversation AND p.aspect = 'pin' AND me.visible @> p.sequence ORDER BY p.target, p.sequence DESC
      ) p
      WHERE p.stands AND me.visible @> p.target AND NOT EXISTS (SELECT FROM ${changes} d
        WHERE d.conversation = p.conversation AND d.target = p.target AND d.aspect = 'deletion' AND me.visible @> d.sequence)
    ) END,
    ${eventColumns('n')}
  FROM me JOIN ${membersSchema}.conversations c USING (conversation)
  LEFT JOIN LATERAL ${nameUpTo('me.conversation', 'me.head')} n ON true`)

const markers = preparedRows<readonly [userId: string | null, through: number]>('members.read_states', `
  SELECT r.user_id, r.through
  FROM ${members} me LEFT JOIN LATERAL (
    SELECT r.user_id, r.through FROM ${liveSchema(readStatesModel)}.markers r JOIN ${members} m USING (conversation, user_id)
    WHERE r.conversation = me.conversation AND (r.user_id = me.user_id OR (upper_inf(me.visible) AND upper_inf(m.visible)))
  ) r ON true
  WHERE me.conversation = $2::uuid AND me.user_id = $1::uuid
  ORDER BY r.user_id`)

const isEvent = (name: EventRow | ReadonlyArray<null>): name is EventRow => name[0] !== null

const conversationOf = ([kind, encryption, history, head, present, pins, ...name]: ConversationRow): StoredConversation => ({
  kind, encryption, history, head,
  name: isEvent(name) ? eventOf(name) : undefined,
  members: (present ?? []).map(([userId, role, since]) => ({ userId, role, since })),
  pins: pins ?? [],
})

/** Conversations as their members may see them, by one statement an answer. */
export const postgresConversationsReader = (pool: pg.Pool): ConversationsReader => ({
  memberships: (account) => answering(async () =>
    (await memberships(pool, [account])).map(([of, visible, head]) => ({ conversation: of, visible: visibleOf(visible), headSequence: head ?? 0 }))),
  find: (account, of) => answering(async () => {
    const [row] = await conversation(pool, [account, of])
    return row === undefined ? O.none : O.some(conversationOf(row))
  }),
  readStates: (account, of) => answering(async () => {
    const rows = await markers(pool, [account, of])
    return rows.length === 0 ? O.none : O.some(rows.flatMap(([userId, through]) => (userId === null ? [] : [{ userId, through }])))
  }),
})
