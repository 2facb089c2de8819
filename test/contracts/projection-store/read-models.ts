import type { MemoryReadModel, MemoryTables } from '../../../adapters/memory/read-model.js'
import type { PostgresReadModel } from '../../../adapters/postgres/read-model.js'

/** What the projections of these suites write: a note about an event. */
export interface Note {
  readonly stream: string
  readonly revision: number
  readonly text: string
}

/** No store keeps this text. */
export const poisonous = 'poison\u0000'

/** Plain rows of both kinds of store, for comparing: in the order of stream and revision. */
export type Rows = ReadonlyArray<Note>

const values = (notes: ReadonlyArray<Note>) => [notes.map(({ stream }) => stream), notes.map(({ revision }) => revision), notes.map(({ text }) => text)]

/** Keeps every write that was ever applied, so that a write applied twice shows. */
export const journal: PostgresReadModel<Note> = {
  name: 'journal',
  version: 1,
  ddl: 'CREATE TABLE :schema.entries (stream text NOT NULL, revision bigint NOT NULL, text text NOT NULL)',
  tables: ['entries'],
  apply: async (client, schema, notes) => {
    await client.query({
      name: `${schema}.entries`,
      text: `INSERT INTO ${schema}.entries (stream, revision, text) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])`,
      values: values(notes),
    })
  },
}

/** Keeps the newest note of a stream: given older ones again, in order, it ends at the same rows. */
export const latest: PostgresReadModel<Note> = {
  name: 'latest',
  version: 1,
  ddl: 'CREATE TABLE :schema.notes (stream text PRIMARY KEY, revision bigint NOT NULL, text text NOT NULL)',
  tables: ['notes'],
  apply: async (client, schema, notes) => {
    const newest = [...new Map(notes.map((note) => [note.stream, note])).values()].sort((one, other) => (one.stream < other.stream ? -1 : 1))
    await client.query({
      name: `${schema}.notes`,
      text: `INSERT INTO ${schema}.notes AS n (stream, revision, text) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])
        ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision, text = excluded.text WHERE n.revision < excluded.revision`,
      values: values(newest),
    })
  },
}

export const tableOf: Readonly<Record<string, string>> = { journal: 'entries', latest: 'notes' }

const memoryModel = (name: string, table: string, write: (rows: Map<string, Note>, note: Note) => void): MemoryReadModel<Note> & { readonly rows: () => Rows } => {
  const empty = () => ({ [table]: new Map<string, Note>() })
  let tables: MemoryTables = empty()
  return {
    name,
    version: 1,
    apply: (notes) => {
      for (const note of notes) {
        if (note.text === poisonous) throw new Error('cannot be stored')
        write(tables[table] as Map<string, Note>, note)
      }
    },
    rows: () => [...(tables[table] as Map<string, Note>).values()],
    tables: { current: () => tables, empty, use: (used) => { tables = used } },
  }
}

export const memoryModels = () => [
  memoryModel('journal', 'entries', (rows, note) => {
    let key = `${note.stream} ${note.revision}`
    while (rows.has(key)) key += ' again'
    rows.set(key, note)
  }),
  memoryModel('latest', 'notes', (rows, note) => {
    if ((rows.get(note.stream)?.revision ?? -1) < note.revision) rows.set(note.stream, note)
  }),
] as const
