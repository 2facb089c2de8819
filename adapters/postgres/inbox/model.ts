import { readFileSync } from 'node:fs'
import type { InboxWrite } from '../../../projections/inbox/writes.js'
import { inboxModel } from '../../../projections/inbox/writes.js'
import { arrayOf } from '../array-literal.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

/** What a batch says of one conversation, folded: one row is written whatever the number of its events. */
interface Latest {
  readonly head: number
  readonly lastMessage: number | undefined
  readonly activity: InboxWrite | undefined
}

const upsert = {
  name: 'conversations',
  text: `
    INSERT INTO :schema.conversations AS i (conversation, head, last_message, activity_position, activity_at)
    SELECT w.conversation, w.head, w.last_message, coalesce(w.position, ''), coalesce(w.at, 0)
    FROM unnest($1::uuid[], $2::integer[], $3::integer[], $4::text[], $5::bigint[]) AS w (conversation, head, last_message, position, at)
    ON CONFLICT (conversation) DO UPDATE SET
      head = greatest(i.head, excluded.head),
      last_message = greatest(i.last_message, excluded.last_message),
      activity_at = CASE WHEN excluded.activity_position > i.activity_position THEN excluded.activity_at ELSE i.activity_at END,
      activity_position = greatest(i.activity_position, excluded.activity_position)`,
}

const insertNames = {
  name: 'names',
  text: 'INSERT INTO :schema.names (conversation, sequence) SELECT * FROM unnest($1::uuid[], $2::integer[]) ON CONFLICT DO NOTHING',
}

const folded = (writes: ReadonlyArray<InboxWrite>): ReadonlyMap<string, Latest> => {
  const latest = new Map<string, Latest>()
  for (const write of writes) {
    const before = latest.get(write.conversation)
    latest.set(write.conversation, {
      head: write.sequence,
      lastMessage: write.message ? write.sequence : before?.lastMessage,
      activity: write.activity ? write : before?.activity,
    })
  }
  return latest
}

export const postgresInbox: PostgresReadModel<InboxWrite> = {
  ...inboxModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['conversations', 'names'],
  apply: async (client, schema, writes) => {
    if (writes.length === 0) return
    const latest = folded(writes)
    const rows = [...latest.values()]
    await run(client, schema, upsert, [
      arrayOf([...latest.keys()]),
      arrayOf(rows.map(({ head }) => head)),
      arrayOf(rows.map(({ lastMessage }) => lastMessage)),
      arrayOf(rows.map(({ activity }) => activity?.position)),
      arrayOf(rows.map(({ activity }) => activity?.at)),
    ])
    const names = writes.filter(({ name }) => name)
    if (names.length === 0) return
    await run(client, schema, insertNames, [arrayOf(names.map(({ conversation }) => conversation)), arrayOf(names.map(({ sequence }) => sequence))])
  },
}
