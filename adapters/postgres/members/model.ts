import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { MembersWrite } from '../../../projections/members/writes.js'
import { membersModel } from '../../../projections/members/writes.js'
import { inWaves } from '../../in-waves.js'
import { arrayOf } from '../array-literal.js'
import { only } from '../only.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

type Op<Name extends MembersWrite['op']> = Extract<MembersWrite, { readonly op: Name }>
type OfMember = Exclude<MembersWrite, Op<'created'>>

const create = {
  name: 'created',
  text: `
    INSERT INTO :schema.conversations (conversation, kind, encryption, history)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
    ON CONFLICT DO NOTHING`,
}

const add = {
  name: 'added',
  text: `
    INSERT INTO :schema.members AS m (conversation, user_id, role, since, visible, position, at, revision)
    SELECT w.conversation, w.user_id, w.role, w.revision,
      int4multirange(int4range(CASE c.history WHEN 'shared' THEN w.from_shared ELSE w.from_join END, NULL)), w.position, w.at, w.revision
    FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::text[], $6::bigint[], $7::integer[], $8::integer[])
      AS w (conversation, user_id, role, revision, position, at, from_shared, from_join)
    LEFT JOIN :schema.conversations c USING (conversation)
    ON CONFLICT (conversation, user_id) DO UPDATE SET role = excluded.role, since = excluded.since,
      visible = m.visible + excluded.visible, position = excluded.position, at = excluded.at, revision = excluded.revision
    WHERE m.revision < excluded.revision`,
}

const remove = {
  name: 'removed',
  text: `
    UPDATE :schema.members m SET visible = m.visible * int4multirange(int4range(0, w.revision, '[]')),
      position = w.position, at = w.at, revision = w.revision
    FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::bigint[]) AS w (conversation, user_id, revision, position, at)
    WHERE m.conversation = w.conversation AND m.user_id = w.user_id AND m.revision < w.revision`,
}

const changeRole = {
  name: 'role',
  text: `
    UPDATE :schema.members m SET role = w.role, revision = w.revision
    FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[]) AS w (conversation, user_id, revision, role)
    WHERE m.conversation = w.conversation AND m.user_id = w.user_id AND m.revision < w.revision`,
}

const column = <W>(writes: ReadonlyArray<W>, valueOf: (write: W) => string | number): string => arrayOf(writes.map(valueOf))

const conversations = (writes: ReadonlyArray<{ readonly conversation: string }>) => column(writes, ({ conversation }) => conversation)

const keys = (writes: ReadonlyArray<OfMember>) => [conversations(writes), column(writes, ({ userId }) => userId)]

const addedParameters = (added: ReadonlyArray<Op<'added'>>): ReadonlyArray<unknown> => [
  ...keys(added), column(added, ({ role }) => role), column(added, ({ revision }) => revision), column(added, ({ position }) => position),
  column(added, ({ at }) => at), column(added, ({ from }) => from.shared), column(added, ({ from }) => from.sinceJoin),
]

/** Writes of distinct members. */
const applyWave = async (client: pg.ClientBase, schema: string, wave: ReadonlyArray<OfMember>): Promise<void> => {
  const [added, removed, roles] = [only(wave, 'added'), only(wave, 'removed'), only(wave, 'role')]
  if (added.length > 0) await run(client, schema, add, addedParameters(added))
  const revisions = (writes: ReadonlyArray<OfMember>) => column(writes, ({ revision }) => revision)
  if (removed.length > 0) {
    await run(client, schema, remove, [...keys(removed), revisions(removed), column(removed, ({ position }) => position), column(removed, ({ at }) => at)])
  }
  if (roles.length > 0) await run(client, schema, changeRole, [...keys(roles), revisions(roles), column(roles, ({ role }) => role)])
}

export const postgresMembers: PostgresReadModel<MembersWrite> = {
  ...membersModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['conversations', 'members'],
  apply: async (client, schema, writes) => {
    const created = only(writes, 'created')
    if (created.length > 0) {
      await run(client, schema, create, [
        conversations(created), column(created, ({ kind }) => kind), column(created, ({ encryption }) => encryption), column(created, ({ history }) => history),
      ])
    }
    const ofMembers = writes.filter((write): write is OfMember => write.op !== 'created')
    for (const wave of inWaves(ofMembers, ({ conversation, userId }) => `${conversation} ${userId}`)) await applyWave(client, schema, wave)
  },
}
