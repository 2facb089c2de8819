import type { Client, estypes } from '@elastic/elasticsearch'
import { readFileSync } from 'node:fs'
import { isRefusal } from './failures.js'

/** Of the mapping: another one needs another number, and a rebuild. */
const VERSION = 'v1'
/** Over templates that others have for all indices. */
const TEMPLATE_PRIORITY = 500
const TIMEOUT_MS = 30_000
const options = { requestTimeout: TIMEOUT_MS }

const template: Readonly<Record<'settings' | 'mappings', object>> = JSON.parse(readFileSync(new URL('template.json', import.meta.url), 'utf8'))

/** How an index is spread over a cluster. */
export interface Layout { readonly shards: number; readonly replicas: number }

export interface ExistingIndex { readonly name: string; readonly isLive: boolean }

export interface IndicesOptions {
  readonly client: Client
  /** Before the names of indices, aliases and the template. */
  readonly prefix: string
  readonly layout: Layout
}

/** The UTC month of a moment (milliseconds since 1970), as in the names of indices: `2026.11`. */
export const monthOf = (at: number): string => new Date(at).toISOString().slice(0, 7).replace('-', '.')

/**
 * `<prefix>messages-v1-YYYY.MM` holds a month and bears two aliases: `<prefix>messages`, which is searched, and
 * `<prefix>messages-YYYY.MM`, which is written. What bears the first is live.
 */
const namesOf = (prefix: string) => {
  const searched = `${prefix}messages`
  const stem = `${searched}-${VERSION}-`
  return {
    searched, every: `${stem}*`,
    written: (month: string): string => `${searched}-${month}`,
    index: (month: string, ending = ''): string => `${stem}${month}${ending}`,
    monthOf: (index: string, ending: string): string => index.slice(stem.length, -ending.length),
  }
}

/** The indices of one prefix and what is done with them. */
export const monthlyIndices = ({ client, prefix, layout }: IndicesOptions) => {
  const names = namesOf(prefix)
  const settings = { ...template.settings, 'index.number_of_shards': layout.shards, 'index.number_of_replicas': layout.replicas }
  const putTemplate = () =>
    client.indices.putIndexTemplate({
      name: names.searched, index_patterns: [names.every], priority: TEMPLATE_PRIORITY, template: { ...template, settings },
    }, options)

  /** Unless another process was faster. */
  const create = async (index: string, aliases: Record<string, estypes.IndicesAlias> = {}, special: estypes.IndicesIndexSettings = {}): Promise<void> => {
    await putTemplate()
    await client.indices.create({ index, aliases, settings: special }, options).catch((error: unknown) => {
      if (!isRefusal(error, 400, 'resource_already_exists_exception')) throw error
    })
  }

  /** Resolves when every part of the index can be searched. */
  const ready = async (index: string): Promise<void> => {
    await client.cluster.health({ index, wait_for_status: 'yellow', timeout: `${TIMEOUT_MS / 2}ms` }, options)
  }

  const existing = async (): Promise<ReadonlyArray<ExistingIndex>> => {
    const found = await client.indices.getAlias({ index: names.every, allow_no_indices: true }, options)
    return Object.entries(found).map(([name, { aliases }]) => ({ name, isLive: Object.hasOwn(aliases, names.searched) }))
  }

  const remove = async (indices: ReadonlyArray<string>): Promise<void> => {
    if (indices.length > 0) await client.indices.delete({ index: [...indices], ignore_unavailable: true }, options)
  }

  /** As their template says: while a rebuild fills indices, they show nothing new. */
  const show = async (indices: ReadonlyArray<string>): Promise<void> => {
    await client.indices.putSettings({ index: [...indices], settings: template.settings }, options)
    await client.indices.refresh({ index: [...indices] }, options)
  }

  /** All or none, in one step. */
  const change = async (actions: ReadonlyArray<estypes.IndicesUpdateAliasesAction>): Promise<void> => {
    if (actions.length > 0) await client.indices.updateAliases({ actions: [...actions] }, options)
  }

  return { names, create, ready, existing, remove, show, change }
}

export type MonthlyIndices = ReturnType<typeof monthlyIndices>
