import type pg from 'pg'
import type { Encryption } from '../../../events/schemas/conversation.js'
import type { SearchReader } from '../../../read-side/ports.js'
import { integerArray, uuidArray } from '../binary-array.js'
import { membersSchema, visibleOf } from '../members/readable.js'
import { answering, preparedRows } from '../read-model-query.js'
import { messageParts, timelineSchema } from '../timeline/messages.js'
import { messagesOf, type MessagePart } from '../timeline/rows.js'

/**
 * Most of somebody's conversations are open from their beginning on: those that are alike come as one row. Each is looked up on
 * its own (OFFSET 0): joined otherwise, a planner may read the conversations of everybody.
 */
const searchable = preparedRows<readonly [encryption: Encryption, visible: string, conversations: string]>('search.searchable', `
  SELECT c.encryption, m.visible::text, string_agg(m.conversation::text, ',')
  FROM ${membersSchema}.members m
  CROSS JOIN LATERAL (SELECT encryption FROM ${membersSchema}.conversations c WHERE c.conversation = m.conversation OFFSET 0) c
  WHERE m.user_id = $1::uuid AND NOT isempty(m.visible) GROUP BY c.encryption, m.visible`)

const messages = preparedRows<MessagePart>('search.messages', messageParts(`
  SELECT m.conversation, p.sequence, m.visible
  FROM unnest($2::uuid[], $3::integer[]) AS p (conversation, sequence)
  JOIN ${membersSchema}.members m ON m.conversation = p.conversation AND m.user_id = $1::uuid AND m.visible @> p.sequence
  JOIN ${timelineSchema}.events e ON e.conversation = p.conversation AND e.sequence = p.sequence AND e.sender IS NOT NULL`))

/** What a search reads beside the index, by one statement an answer. */
export const postgresSearchReader = (pool: pg.Pool): SearchReader => ({
  searchable: (account) => answering(async () =>
    (await searchable(pool, [account])).flatMap(([encryption, range, conversations]) => {
      const visible = visibleOf(range)
      return conversations.split(',').map((conversation) => ({ conversation, encryption, visible }))
    })),
  messages: (account, places) => answering(async () =>
    messagesOf(await messages(pool, [account, uuidArray(places.map(({ conversation }) => conversation)), integerArray(places.map(({ sequence }) => sequence))]))),
})
