import type pg from 'pg'
import type { Encryption } from '../../../events/schemas/conversation.js'
import type { SearchReader } from '../../../read-side/ports.js'
import { integerArray, uuidArray } from '../binary-array.js'
import { membersSchema, visibleOf } from '../members/readable.js'
import { answering, preparedRows } from '../read-model-query.js'
import { messageParts, timelineSchema } from '../timeline/messages.js'
import { messagesOf, type MessagePart } from '../timeline/rows.js'

const searchable = preparedRows<readonly [conversation: string, encryption: Encryption, visible: string]>('search.searchable', `
  SELECT m.conversation, c.encryption, m.visible::text
  FROM ${membersSchema}.members m JOIN ${membersSchema}.conversations c USING (conversation)
  WHERE m.user_id = $1::uuid AND NOT isempty(m.visible) ORDER BY m.conversation`)

const messages = preparedRows<MessagePart>('search.messages', messageParts(`
  SELECT m.conversation, p.sequence, m.visible
  FROM unnest($2::uuid[], $3::integer[]) AS p (conversation, sequence)
  JOIN ${membersSchema}.members m ON m.conversation = p.conversation AND m.user_id = $1::uuid AND m.visible @> p.sequence
  JOIN ${timelineSchema}.events e ON e.conversation = p.conversation AND e.sequence = p.sequence AND e.sender IS NOT NULL`))

/** What a search reads beside the index, by one statement an answer. */
export const postgresSearchReader = (pool: pg.Pool): SearchReader => ({
  searchable: (account) => answering(async () =>
    (await searchable(pool, [account])).map(([conversation, encryption, visible]) => ({ conversation, encryption, visible: visibleOf(visible) }))),
  messages: (account, places) => answering(async () =>
    messagesOf(await messages(pool, [account, uuidArray(places.map(({ conversation }) => conversation)), integerArray(places.map(({ sequence }) => sequence))]))),
})
