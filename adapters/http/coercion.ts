import type { TSchema } from 'typebox'

const integer = /^-?(0|[1-9]\d{0,15})$/
const decimal = /^-?(0|[1-9]\d{0,15})(\.\d{1,15})?$/

const scalar = (schema: TSchema, text: unknown): unknown => {
  if (typeof text !== 'string' || !('type' in schema)) return text
  switch (schema.type) {
    case 'integer':
      return integer.test(text) ? Number(text) : text
    case 'number':
      return decimal.test(text) ? Number(text) : text
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text
    default:
      return text
  }
}

const listed = (schema: TSchema, value: unknown): unknown => {
  if (!('type' in schema) || schema.type !== 'array' || !('items' in schema)) return scalar(schema, value)
  const items = schema.items as TSchema
  return (Array.isArray(value) ? value : [value]).map((item) => scalar(items, item))
}

/** The texts of a URL as the schema's types, where they are written exactly so; others stay text and are then refused. */
export const coerced = (schema: TSchema, values: unknown): unknown => {
  if (typeof values !== 'object' || values === null || !('properties' in schema)) return values
  const properties = schema.properties as Readonly<Record<string, TSchema | undefined>>
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined
      return [name, property === undefined ? value : listed(property, value)]
    }),
  )
}
