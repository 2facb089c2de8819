import type { PostgresReadModel } from '../read-model.js'
import { liveSchema } from '../read-model.js'

/** A read model where it lies: live, or beside the live one while it is filled. */
export interface Target {
  readonly model: PostgresReadModel
  readonly schema: string
}

/** Read models of any writes: what each is given was made by the projection of its name. */
export type AnyReadModel = PostgresReadModel<never>

export const untyped = (models: ReadonlyArray<AnyReadModel>): ReadonlyArray<PostgresReadModel> => models as ReadonlyArray<PostgresReadModel>

export const liveTarget = (model: PostgresReadModel): Target => ({ model, schema: liveSchema(model) })

export const rebuiltTarget = (model: PostgresReadModel): Target => ({ model, schema: `${liveSchema(model)}_rebuild` })

/** Where the tables lie that a rebuilt read model has replaced, until nobody reads them. */
export const replacedSchema = (schema: string): string => `${schema}_replaced`

/** Makes the schema of a read model with its tables, without what `indexesOf` makes. */
export const tablesOf = ({ model, schema }: Target): string => `CREATE SCHEMA ${schema}; ${model.ddl.replaceAll(':schema', schema)}`

export const indexesOf = ({ model, schema }: Target): string => (model.indexes ?? '').replaceAll(':schema', schema)
