import { readFileSync } from 'node:fs'
import type { AudienceList, AudienceWrite } from '../../../projections/audience/writes.js'
import { audienceLists, audienceModel } from '../../../projections/audience/writes.js'
import { arrayOf } from '../array-literal.js'
import { only } from '../only.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

const upsertListed = (list: AudienceList) => ({
  name: list,
  text: `
    INSERT INTO :schema.${list} AS l (user_id, other, stands, revision, position)
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::boolean[], $4::integer[], $5::text[])
    ON CONFLICT (user_id, other) DO UPDATE SET stands = excluded.stands, revision = excluded.revision, position = excluded.position
    WHERE l.revision < excluded.revision`,
})

const upsertNotifications = {
  name: 'notifications',
  text: `
    INSERT INTO :schema.notifications AS n (user_id, kind, enabled, revision) SELECT * FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::integer[])
    ON CONFLICT (user_id, kind) DO UPDATE SET enabled = excluded.enabled, revision = excluded.revision WHERE n.revision < excluded.revision`,
}

const upsertLastSeen = {
  name: 'last_seen',
  text: `
    INSERT INTO :schema.last_seen AS l (user_id, visible_to, revision) SELECT * FROM unnest($1::uuid[], $2::text[], $3::integer[])
    ON CONFLICT (user_id) DO UPDATE SET visible_to = excluded.visible_to, revision = excluded.revision WHERE l.revision < excluded.revision`,
}

/** The newest write of each row: the writes of an account come in the order of its revisions. */
const newest = <W extends AudienceWrite>(writes: ReadonlyArray<W>, rowOf: (write: W) => string): ReadonlyArray<W> =>
  [...writes.reduce((rows, write) => {
    const before = rows.get(rowOf(write))
    return before !== undefined && before.revision >= write.revision ? rows : rows.set(rowOf(write), write)
  }, new Map<string, W>()).values()]

const userIds = (writes: ReadonlyArray<AudienceWrite>) => arrayOf(writes.map(({ userId }) => userId))
const revisions = (writes: ReadonlyArray<AudienceWrite>) => arrayOf(writes.map(({ revision }) => revision))

export const postgresAudienceModel: PostgresReadModel<AudienceWrite> = {
  ...audienceModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: [...audienceLists, 'notifications', 'last_seen'],
  apply: async (client, schema, writes) => {
    const listed = only(writes, 'listed')
    for (const list of audienceLists) {
      const rows = newest(listed.filter((write) => write.list === list), ({ userId, other }) => `${userId} ${other}`)
      if (rows.length === 0) continue
      await run(client, schema, upsertListed(list), [
        userIds(rows), arrayOf(rows.map(({ other }) => other)), arrayOf(rows.map(({ stands }) => stands)), revisions(rows), arrayOf(rows.map(({ position }) => position)),
      ])
    }
    const told = newest(only(writes, 'notifications'), ({ userId, kind }) => `${userId} ${kind}`)
    if (told.length > 0) {
      await run(client, schema, upsertNotifications, [userIds(told), arrayOf(told.map(({ kind }) => kind)), arrayOf(told.map(({ enabled }) => enabled)), revisions(told)])
    }
    const seen = newest(only(writes, 'last-seen'), ({ userId }) => userId)
    if (seen.length > 0) await run(client, schema, upsertLastSeen, [userIds(seen), arrayOf(seen.map(({ visibleTo }) => visibleTo)), revisions(seen)])
  },
}
