import { readFileSync } from 'node:fs'
import type { MessageChange, TimelineWrite } from '../../../projections/timeline/writes.js'
import { timelineModel } from '../../../projections/timeline/writes.js'
import { arrayOf } from '../array-literal.js'
import { packedBytes, unpackedColumns } from '../packed-bytes.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

const insertEvents = {
  name: 'events',
  text: `
    INSERT INTO :schema.events (conversation, sequence, position, id, type, version, message_id, sender, data, metadata, sealed)
    SELECT w.conversation, w.sequence, w.position, w.id, w.type, w.version, w.message_id, w.sender, ${unpackedColumns('$13')}
    FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::uuid[], $5::text[], $6::integer[], $7::uuid[], $8::uuid[],
      $9::integer[], $10::integer[], $11::integer[], $12::integer[])
      AS w (conversation, sequence, position, id, type, version, message_id, sender, start, data_bytes, metadata_bytes, sealed_bytes)
    ON CONFLICT DO NOTHING`,
}

const insertChanges = {
  name: 'changes',
  text: `
    INSERT INTO :schema.changes (conversation, target, sequence, aspect, user_id, reaction, stands)
    SELECT * FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::text[], $5::uuid[], $6::text[], $7::boolean[])
    ON CONFLICT DO NOTHING`,
}

const eventParameters = (writes: ReadonlyArray<TimelineWrite>): ReadonlyArray<unknown> => {
  const packed = packedBytes(writes.map(({ recorded }) => recorded))
  return [
    arrayOf(writes.map(({ conversation }) => conversation)),
    arrayOf(writes.map(({ sequence }) => sequence)),
    arrayOf(writes.map(({ recorded }) => recorded.position)),
    arrayOf(writes.map(({ recorded }) => recorded.id)),
    arrayOf(writes.map(({ recorded }) => recorded.type)),
    arrayOf(writes.map(({ recorded }) => recorded.version)),
    arrayOf(writes.map(({ message }) => message?.messageId)),
    arrayOf(writes.map(({ message }) => message?.sender)),
    packed.starts, packed.data, packed.metadata, packed.sealed, packed.body,
  ]
}

type Changed = Pick<TimelineWrite, 'conversation' | 'sequence'> & { readonly change: MessageChange }

const changeParameters = (changed: ReadonlyArray<Changed>): ReadonlyArray<unknown> => [
  arrayOf(changed.map(({ conversation }) => conversation)),
  arrayOf(changed.map(({ change }) => change.target)),
  arrayOf(changed.map(({ sequence }) => sequence)),
  arrayOf(changed.map(({ change }) => change.aspect)),
  arrayOf(changed.map(({ change }) => change.reaction?.userId)),
  // Base64url may begin with a hyphen and is never the word NULL: it has 22 characters.
  arrayOf(changed.map(({ change }) => change.reaction?.key)),
  arrayOf(changed.map(({ change }) => change.stands)),
]

export const postgresTimeline: PostgresReadModel<TimelineWrite> = {
  ...timelineModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['events', 'changes'],
  apply: async (client, schema, writes) => {
    if (writes.length === 0) return
    await run(client, schema, insertEvents, eventParameters(writes))
    const changed = writes.flatMap(({ conversation, sequence, change }) => (change === undefined ? [] : [{ conversation, sequence, change }]))
    if (changed.length > 0) await run(client, schema, insertChanges, changeParameters(changed))
  },
}
