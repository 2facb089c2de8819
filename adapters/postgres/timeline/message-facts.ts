import * as O from 'fp-ts/lib/Option.js'
import type pg from 'pg'
import type { MessageFacts, TargetFacts } from '../../../command-side/ports.js'
import { factsOf, NOTHING_PROJECTED } from '../../message-facts.js'
import { answering, preparedRows } from '../read-model-query.js'
import { timelineSchema } from './messages.js'
import { headOf } from './reader.js'
import type { EventRow } from './rows.js'
import { eventColumns, eventOf } from './rows.js'

type FactsRow = readonly [head: number | null, deleted: boolean, reactions: ReadonlyArray<string> | null, edited: boolean, ...event: EventRow]

const target = preparedRows<FactsRow>('timeline.target', `
  SELECT ${headOf('$1::uuid')},
    EXISTS (SELECT FROM ${timelineSchema}.changes c WHERE c.conversation = $1::uuid AND c.target = $2::integer AND c.aspect = 'deletion'),
    (SELECT array_agg(l.user_id || ':' || l.reaction) FROM (
      SELECT DISTINCT ON (c.user_id, c.reaction) c.user_id, c.reaction, c.stands FROM ${timelineSchema}.changes c
      WHERE c.conversation = $1::uuid AND c.target = $2::integer AND c.aspect = 'reaction'
      ORDER BY c.user_id, c.reaction, c.sequence DESC
    ) l WHERE l.stands),
    EXISTS (SELECT FROM ${timelineSchema}.changes c WHERE c.conversation = $1::uuid AND c.target = $2::integer AND c.aspect = 'content'),
    ${eventColumns('e')}
  FROM (SELECT) AS one LEFT JOIN ${timelineSchema}.events e ON e.conversation = $1::uuid AND e.sequence = $2::integer`)

const sequenceOf = preparedRows<readonly [head: number | null, sequence: number | null]>('timeline.message', `
  SELECT ${headOf('$1::uuid')}, (SELECT e.sequence FROM ${timelineSchema}.events e WHERE e.message_id = $2::uuid AND e.conversation = $1::uuid LIMIT 1)`)

/** Up to the head that the facts are of. */
const mentioningEdits = preparedRows<EventRow>('timeline.mentioning_edits', `
  SELECT ${eventColumns('e')} FROM ${timelineSchema}.changes c JOIN ${timelineSchema}.events e USING (conversation, sequence)
  WHERE c.conversation = $1::uuid AND c.target = $2::integer AND c.aspect = 'content' AND c.sequence <= $3::integer
    AND position('"mentions"'::bytea IN e.data) > 0
  ORDER BY c.sequence`)

const targetFacts = async (pool: pg.Pool, [head, deleted, reactions, edited, ...event]: FactsRow): Promise<O.Option<TargetFacts>> => {
  if (event[0] === null) return O.none
  const edits = edited ? await mentioningEdits(pool, [event[0], event[1], head]) : []
  return factsOf(eventOf(event), { deleted, reactions: new Set(reactions ?? []), edits: edits.map(eventOf) })
}

/** Facts about messages from the timeline, by one statement each; of an edited message by a second one. */
export const postgresMessageFacts = (pool: pg.Pool): MessageFacts => ({
  bySequence: (conversation, sequence) => answering(async () => {
    const [row] = await target(pool, [conversation, sequence])
    return { atRevision: row?.[0] ?? NOTHING_PROJECTED, facts: row === undefined ? O.none : await targetFacts(pool, row) }
  }),
  byMessageId: (conversation, messageId) => answering(async () => {
    const [row] = await sequenceOf(pool, [conversation, messageId])
    return { atRevision: row?.[0] ?? NOTHING_PROJECTED, sequence: O.fromNullable(row?.[1]) }
  }),
})
