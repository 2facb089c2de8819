import type pg from 'pg'

/** The tables of one read model in Postgres, under a schema of its own so that two of them can stand side by side. */
export interface PostgresReadModel<Write = unknown> {
  readonly name: string
  readonly version: number
  /** Makes the tables; `:schema` stands for the schema, which is there. */
  readonly ddl: string
  /** Keys and indexes that a rebuild makes once the tables are full, which is faster; live tables have them from the start. */
  readonly indexes?: string
  /** Every table, for comparing a rebuilt read model with the live one row by row. */
  readonly tables: ReadonlyArray<string>
  /** By table, the columns that a comparison looks at where these are not all: what derives from them has perhaps no hash. */
  readonly compared?: Readonly<Record<string, ReadonlyArray<string>>>
  /** By table, which of its rows `t` a comparison looks at where others only wait to be dropped; `:schema` stands for the schema. */
  readonly lasting?: Readonly<Record<string, string>>
  /** Applies writes in log order, in few statements, inside the caller's transaction. */
  readonly apply: (client: pg.ClientBase, schema: string, writes: ReadonlyArray<Write>) => Promise<void>
  /** `apply` for tables that hold none of the writes yet and have no `indexes`. */
  readonly fill?: (client: pg.ClientBase, schema: string, writes: ReadonlyArray<Write>) => Promise<void>
}

/** The schema that queries read. */
export const liveSchema = ({ name, version }: Pick<PostgresReadModel, 'name' | 'version'>): string => `${name}_v${version}`
