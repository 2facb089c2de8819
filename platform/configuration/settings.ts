import Type, { type Static, type TObject, type TSchema } from 'typebox'

/** What a setting tells about itself beside its schema. */
export interface SettingMeta {
  readonly environment: string
  readonly description: string
  /** Shown masked, never logged. */
  readonly secret: boolean
}

interface SettingOptions {
  readonly description: string
  readonly default?: unknown
  readonly secret?: boolean
}

const upperSnake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

/** A setting: its schema carries the default, the meaning and how it is named in the environment. */
export const setting = <S extends TSchema>(schema: S, options: SettingOptions): S => ({
  ...schema,
  description: options.description,
  ...(options.default === undefined ? {} : { default: options.default }),
  ...(options.secret === true ? { secret: true } : {}),
})

export type Settings<T extends TObject> = Static<T>

export const environmentName = (prefix: string, name: string): string => `${prefix}_${upperSnake(name)}`

export const metaOf = (prefix: string, name: string, schema: TSchema): SettingMeta & { readonly default: unknown } => {
  const { description = '', secret = false, default: fallback } = schema as { description?: string; secret?: boolean; default?: unknown }
  return { environment: environmentName(prefix, name), description, secret, default: fallback }
}

export const settingsObject = <P extends Record<string, TSchema>>(properties: P) => Type.Object(properties, { additionalProperties: false })
