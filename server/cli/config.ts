import type { load } from '../../platform/configuration/load.js'
import { metaOf } from '../../platform/configuration/settings.js'
import { settingsPrefix, settingsSchema, type Settings } from '../configuration/settings.js'

type Loaded = Extract<ReturnType<typeof load<typeof settingsSchema>>, { _tag: 'Right' }>['right']

const masked = '(set, not shown)'

/** Each setting with its value, where it came from and what it means; secrets masked. */
export const configLines = ({ values, sources }: Loaded): ReadonlyArray<string> =>
  Object.entries(settingsSchema.properties).flatMap(([name, schema]) => {
    const meta = metaOf(settingsPrefix, name, schema)
    const value = values[name as keyof Settings]
    const shown = meta.secret && value !== '' ? masked : JSON.stringify(value)
    return [`${name} = ${shown}   [${sources[name] ?? 'default'}; ${meta.environment}]`, `    ${meta.description}`]
  })
