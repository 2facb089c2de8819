import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { NotificationsWrite } from '../../../projections/notifications/writes.js'
import { notificationsModel } from '../../../projections/notifications/writes.js'
import { columns } from '../array-literal.js'
import { only } from '../only.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

type Op<Name extends NotificationsWrite['op']> = Extract<NotificationsWrite, { readonly op: Name }>

/** First: what the batch withdraws is known to the notices that it brings, whatever their order. */
const withdraw = {
  name: 'withdrawn',
  text: `
    INSERT INTO :schema.withdrawn AS w (subject, position)
    SELECT s, max(p) FROM unnest($1::uuid[], $2::text[]) AS u (s, p) GROUP BY s
    ON CONFLICT (subject) DO UPDATE SET position = excluded.position WHERE w.position < excluded.position`,
}

const drop = (column: 'subject' | 'reaction', where = '') => ({
  name: `drop_by_${column}`,
  text: `DELETE FROM :schema.notices n USING :schema.withdrawn w WHERE w.subject = ANY($1::uuid[]) AND n.${column} = w.subject AND n.position < w.position ${where}`,
})

/** There may be more notices of a story than one transaction should drop: a reaction of each viewer. */
const leave = {
  name: 'leaving',
  text: `
    INSERT INTO :schema.leaving (story_id) SELECT DISTINCT u.s FROM unnest($1::uuid[]) AS u (s)
    WHERE EXISTS (SELECT FROM :schema.notices n WHERE n.subject = u.s AND n.story_id IS NOT NULL) ON CONFLICT DO NOTHING`,
}
const withdrawals = [drop('subject', 'AND n.story_id IS NULL'), drop('reaction'), leave]

const notice = {
  name: 'notices',
  text: `
    INSERT INTO :schema.notices (account, position, id, kind, actor, at, conversation, sequence, message_id, story_id, reaction)
    SELECT n.* FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::uuid[], $8::integer[], $9::uuid[], $10::uuid[], $11::uuid[])
      AS n (account, position, id, kind, actor, at, conversation, sequence, message_id, story_id, reaction)
    WHERE NOT EXISTS (
      SELECT FROM :schema.withdrawn w WHERE w.subject IN (n.message_id, n.story_id, n.reaction) AND w.position > n.position COLLATE "C")
    ON CONFLICT DO NOTHING`,
}

const silence = {
  name: 'silences',
  text: `
    INSERT INTO :schema.silences (account, silence_of, subject, position, silent)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[]) ON CONFLICT DO NOTHING`,
}

const mark = {
  name: 'marks',
  text: `
    INSERT INTO :schema.marks AS m (account, read_through, cleared_through)
    SELECT a, max(t COLLATE "C"), max(CASE WHEN c THEN t ELSE '' END COLLATE "C") FROM unnest($1::uuid[], $2::text[], $3::boolean[]) AS u (a, t, c) GROUP BY a
    ON CONFLICT (account) DO UPDATE SET
      read_through = greatest(m.read_through, excluded.read_through), cleared_through = greatest(m.cleared_through, excluded.cleared_through)`,
}

const applyWithdrawals = async (client: pg.ClientBase, schema: string, withdrawn: ReadonlyArray<Op<'withdrawn'>>): Promise<void> => {
  if (withdrawn.length === 0) return
  const [subjects = '', positions] = columns(withdrawn, ({ subject }) => subject, ({ position }) => position)
  await run(client, schema, withdraw, [subjects, positions])
  for (const statement of withdrawals) await run(client, schema, statement, [subjects])
}

export const postgresNotifications: PostgresReadModel<NotificationsWrite> = {
  ...notificationsModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['notices', 'withdrawn', 'silences', 'marks'],
  lasting: { notices: 'NOT EXISTS (SELECT FROM :schema.withdrawn w WHERE w.subject = t.story_id)' },
  apply: async (client, schema, writes) => {
    await applyWithdrawals(client, schema, only(writes, 'withdrawn'))
    const notices = only(writes, 'notice')
    if (notices.length > 0) {
      await run(client, schema, notice, columns(notices, (n) => n.account, (n) => n.position, (n) => n.id, (n) => n.kind, (n) => n.actor, (n) => n.at,
        (n) => n.conversation, (n) => n.sequence, (n) => n.messageId, (n) => n.storyId, (n) => n.reaction))
    }
    const silences = only(writes, 'silence')
    if (silences.length > 0) await run(client, schema, silence, columns(silences, (s) => s.account, (s) => s.of, (s) => s.subject, (s) => s.position, (s) => s.silent))
    const read = only(writes, 'read')
    if (read.length > 0) await run(client, schema, mark, columns(read, (r) => r.account, (r) => r.through, (r) => r.cleared))
  },
}
