import type { TSchema } from 'typebox'

const inner = (schema: TSchema): ReadonlyArray<readonly [string, TSchema]> => [
  ...('properties' in schema ? Object.entries(schema.properties as Record<string, TSchema>) : []),
  ...('anyOf' in schema ? (schema.anyOf as ReadonlyArray<TSchema>).map((branch, index) => [`anyOf/${index}`, branch] as const) : []),
  ...('items' in schema ? [['items', schema.items as TSchema] as const] : []),
]

/** Where a schema of ours would let unknown fields through. */
export const openPlaces = (schema: TSchema, path: string): ReadonlyArray<string> => [
  ...('properties' in schema && !('additionalProperties' in schema && schema.additionalProperties === false) ? [path] : []),
  ...inner(schema).flatMap(([name, part]) => openPlaces(part, `${path}/${name}`)),
]
