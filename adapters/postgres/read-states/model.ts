import { readFileSync } from 'node:fs'
import type { ReadStatesWrite } from '../../../projections/read-states/writes.js'
import { readStatesModel } from '../../../projections/read-states/writes.js'
import { arrayOf } from '../array-literal.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

const upsert = {
  name: 'markers',
  text: `
    INSERT INTO :schema.markers AS m (conversation, user_id, through) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::integer[])
    ON CONFLICT (conversation, user_id) DO UPDATE SET through = excluded.through WHERE m.through < excluded.through`,
}

const furthest = (writes: ReadonlyArray<ReadStatesWrite>): ReadonlyArray<ReadStatesWrite> => {
  const markers = new Map<string, ReadStatesWrite>()
  for (const write of writes) {
    const key = `${write.conversation} ${write.userId}`
    const before = markers.get(key)
    if (before === undefined || before.through < write.through) markers.set(key, write)
  }
  return [...markers.values()]
}

export const postgresReadStates: PostgresReadModel<ReadStatesWrite> = {
  ...readStatesModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['markers'],
  apply: async (client, schema, writes) => {
    if (writes.length === 0) return
    const markers = furthest(writes)
    await run(client, schema, upsert, [
      arrayOf(markers.map(({ conversation }) => conversation)), arrayOf(markers.map(({ userId }) => userId)), arrayOf(markers.map(({ through }) => through)),
    ])
  },
}
