import type { TSchema } from 'typebox'

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

const propertiesOf = (schema: TSchema): Readonly<Record<string, TSchema>> =>
  'properties' in schema && isRecord(schema.properties) ? (schema.properties as Readonly<Record<string, TSchema>>) : {}

const requiredOf = (schema: TSchema): ReadonlyArray<string> => ('required' in schema && Array.isArray(schema.required) ? schema.required : [])

const branchesOf = (schema: TSchema): ReadonlyArray<TSchema> => ('anyOf' in schema && Array.isArray(schema.anyOf) ? schema.anyOf : [])

const typeOf = (branch: TSchema): string | undefined => {
  const type = propertiesOf(branch)['type']
  return type !== undefined && 'const' in type && typeof type.const === 'string' ? type.const : undefined
}

/** The branch that the value means to be: the one of its `type`, else the one whose required fields it has. */
const branchFor = (branches: ReadonlyArray<TSchema>, value: Readonly<Record<string, unknown>>): TSchema | undefined => {
  const types = branches.map(typeOf)
  if (types.every((type) => type !== undefined)) {
    const known = { type: 'object', properties: { type: { enum: types } }, required: ['type'] }
    return branches.find((branch) => typeOf(branch) === value['type']) ?? known
  }
  return branches.find((branch) => requiredOf(branch).length > 0 && requiredOf(branch).every((name) => Object.hasOwn(value, name)))
}

/**
 * The schema with its unions of objects narrowed to what the value means to be, so that the errors of a wrong value
 * are about its own kind and not about every other one. It accepts no more than the schema.
 */
export const narrowed = (schema: TSchema, value: unknown): TSchema => {
  if (!isRecord(value)) return schema
  const branches = branchesOf(schema)
  const branch = branches.length === 0 ? undefined : branchFor(branches, value)
  if (branch !== undefined) return narrowed(branch, value)
  const properties = Object.entries(propertiesOf(schema)).map(([name, property]) => [name, narrowed(property, value[name])])
  return properties.length === 0 ? schema : { ...schema, properties: Object.fromEntries(properties) }
}
