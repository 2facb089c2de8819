import * as E from 'fp-ts/lib/Either.js'
import type { Static, TObject, TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { nearest } from './nearest.js'
import { metaOf } from './settings.js'

export type Source = 'default' | 'file' | 'environment'

export interface ConfigurationRefused {
  readonly _tag: 'ConfigurationRefused'
  /** Every reason at once, each naming the setting and what would do. */
  readonly reasons: ReadonlyArray<string>
}

export interface Loaded<T> {
  readonly values: T
  readonly sources: Readonly<Record<string, Source>>
}

export interface LoadOptions<T extends TObject> {
  readonly schema: T
  readonly prefix: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly file: Readonly<Record<string, unknown>>
  /** Variables with our prefix that are no settings (of the tests, say). */
  readonly ignored?: ReadonlyArray<string>
}

const kindOf = (schema: TSchema): string | undefined => (schema as { type?: string }).type

/** Text of the environment as the schema's kind of value; text that is none stays text and fails the check. */
const read = (schema: TSchema, text: string): unknown => {
  const kind = kindOf(schema)
  if (kind === 'number' || kind === 'integer') return text.trim() === '' ? text : Number(text)
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (kind !== 'array' && kind !== 'object') return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return kind === 'array' ? text.split(',').map((part) => part.trim()).filter((part) => part !== '') : text
  }
}

const unknownNames = (names: ReadonlyArray<string>, known: ReadonlyArray<string>, what: string): ReadonlyArray<string> =>
  names
    .filter((name) => !known.includes(name))
    .map((name) => {
      const close = nearest(name, known)
      return `${name}: no such ${what}${close === undefined ? '' : `; did you mean ${close}?`}`
    })

const allowed = (schema: TSchema): string => {
  const union = (schema as { anyOf?: ReadonlyArray<{ const?: unknown }> }).anyOf?.map(({ const: value }) => String(value)).join(', ')
  const item = (schema as { items?: TSchema }).items
  return union ?? (item === undefined ? (kindOf(schema) ?? 'a value') : `a list of ${allowed(item)}`)
}

/** Defaults < file < environment. Unknown names and bad values refuse, all reasons at once. */
export const load = <T extends TObject>(options: LoadOptions<T>): E.Either<ConfigurationRefused, Loaded<Static<T>>> => {
  const { schema, prefix, environment, file, ignored = [] } = options
  const properties = Object.entries(schema.properties as Record<string, TSchema>)
  const metas = new Map(properties.map(([name, property]) => [name, metaOf(prefix, name, property)]))
  const variables = Object.keys(environment).filter((name) => name.startsWith(`${prefix}_`) && !ignored.some((start) => name.startsWith(start)))
  const reasons = [
    ...unknownNames(variables, [...metas.values()].map((meta) => meta.environment), 'setting'),
    ...unknownNames(Object.keys(file), [...metas.keys()], 'setting in the file'),
  ]
  const values: Record<string, unknown> = {}
  const sources: Record<string, Source> = {}
  for (const [name, property] of properties) {
    const meta = metas.get(name)
    const text = meta === undefined ? undefined : environment[meta.environment]
    const source: Source = text !== undefined ? 'environment' : name in file ? 'file' : 'default'
    const value = text !== undefined ? read(property, text) : name in file ? file[name] : meta?.default
    if (value === undefined) continue
    values[name] = value
    sources[name] = source
    if (Check(property, value)) continue
    const shown = meta?.secret === true ? 'the given value' : JSON.stringify(value)
    const [first] = Errors(property, value) as ReadonlyArray<{ message?: string }>
    reasons.push(`${source === 'environment' ? (meta?.environment ?? name) : name}: ${shown} will not do (${first?.message ?? ''}); it takes ${allowed(property)}`)
  }
  return reasons.length > 0 ? E.left({ _tag: 'ConfigurationRefused', reasons }) : E.right({ values: values as Static<T>, sources })
}
