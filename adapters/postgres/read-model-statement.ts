import type pg from 'pg'

/** A statement on the tables of one read model; `:schema` stands for the schema, so that a rebuild fills another one. */
export interface ReadModelStatement {
  readonly name: string
  readonly text: string
}

const texts = new Map<string, string>()

/** Runs it prepared, once for each connection and schema, for the rows that it answers. */
export const rowsOf = async <Row extends pg.QueryResultRow>(
  client: pg.ClientBase, schema: string, { name, text }: ReadModelStatement, values: ReadonlyArray<unknown>,
): Promise<ReadonlyArray<Row>> => {
  const prepared = `${schema}.${name}`
  const known = texts.get(prepared) ?? text.replaceAll(':schema', schema)
  texts.set(prepared, known)
  return (await client.query<Row>({ name: prepared, text: known, values: [...values] })).rows
}

/** The same for a statement that answers nothing. */
export const run = async (client: pg.ClientBase, schema: string, statement: ReadModelStatement, values: ReadonlyArray<unknown>): Promise<void> => {
  await rowsOf(client, schema, statement, values)
}
