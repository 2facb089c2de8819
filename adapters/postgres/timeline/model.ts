import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { MessageChange, TimelineWrite } from '../../../projections/timeline/writes.js'
import { timelineModel } from '../../../projections/timeline/writes.js'
import { arrayOf } from '../array-literal.js'
import { byteaArray, integerArray, uuidArray } from '../binary-array.js'
import { copyIn } from '../copy.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'
import { tupleChunks, type TupleWriter } from '../tuple-writer.js'

const EVENT_COLUMNS = ['conversation', 'sequence', 'position', 'id', 'type', 'version', 'message_id', 'sender', 'data', 'metadata', 'sealed'] as const

// Unnested side by side in the select list: rows stream into the insert, where FROM would first gather them.
const insertEvents = {
  name: 'events',
  text: `
    INSERT INTO :schema.events (${EVENT_COLUMNS.join(', ')})
    SELECT unnest($1::uuid[]), unnest($2::integer[]), unnest($3::text[]), unnest($4::uuid[]), unnest($5::text[]), unnest($6::integer[]),
      unnest($7::uuid[]), unnest($8::uuid[]), unnest($9::bytea[]), unnest($10::bytea[]), unnest($11::bytea[])
    ON CONFLICT DO NOTHING`,
}

const insertChanges = {
  name: 'changes',
  text: `
    INSERT INTO :schema.changes (conversation, target, sequence, aspect, user_id, reaction, stands)
    SELECT * FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::text[], $5::uuid[], $6::text[], $7::boolean[])
    ON CONFLICT DO NOTHING`,
}

const eventParameters = (writes: ReadonlyArray<TimelineWrite>): ReadonlyArray<unknown> => [
  uuidArray(writes.map(({ conversation }) => conversation)),
  integerArray(writes.map(({ sequence }) => sequence)),
  arrayOf(writes.map(({ recorded }) => recorded.position)),
  uuidArray(writes.map(({ recorded }) => recorded.id)),
  arrayOf(writes.map(({ recorded }) => recorded.type)),
  integerArray(writes.map(({ recorded }) => recorded.version)),
  uuidArray(writes.map(({ message }) => message?.messageId)),
  uuidArray(writes.map(({ message }) => message?.sender)),
  byteaArray(writes.map(({ recorded }) => recorded.data)),
  byteaArray(writes.map(({ recorded }) => recorded.metadata)),
  byteaArray(writes.map(({ recorded }) => recorded.sealed)),
]

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

const writeEvent = (tuples: TupleWriter, { conversation, sequence, recorded, message }: TimelineWrite): void => {
  tuples.row(EVENT_COLUMNS.length)
  tuples.uuid(conversation)
  tuples.integer(sequence)
  tuples.text(recorded.position)
  tuples.uuid(recorded.id)
  tuples.text(recorded.type)
  tuples.integer(recorded.version)
  tuples.uuid(message?.messageId)
  tuples.uuid(message?.sender)
  tuples.bytes(recorded.data)
  tuples.bytes(recorded.metadata)
  tuples.bytes(recorded.sealed)
}

const copyEvents = (client: pg.ClientBase, schema: string, writes: ReadonlyArray<TimelineWrite>): Promise<void> =>
  copyIn(client, `COPY ${schema}.events (${EVENT_COLUMNS.join(', ')}) FROM STDIN (FORMAT binary)`, tupleChunks(writes, writeEvent))

type InsertEvents = (client: pg.ClientBase, schema: string, writes: ReadonlyArray<TimelineWrite>) => Promise<void>

const applyWith = (insert: InsertEvents): PostgresReadModel<TimelineWrite>['apply'] => async (client, schema, writes) => {
  if (writes.length === 0) return
  await insert(client, schema, writes)
  const changed = writes.flatMap(({ conversation, sequence, change }) => (change === undefined ? [] : [{ conversation, sequence, change }]))
  if (changed.length > 0) await run(client, schema, insertChanges, changeParameters(changed))
}

export const postgresTimeline: PostgresReadModel<TimelineWrite> = {
  ...timelineModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  indexes: readFileSync(new URL('indexes.sql', import.meta.url), 'utf8'),
  tables: ['events', 'changes'],
  apply: applyWith((client, schema, writes) => run(client, schema, insertEvents, eventParameters(writes))),
  fill: applyWith(copyEvents),
}
