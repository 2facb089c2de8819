import type { Client } from '@elastic/elasticsearch'
import type { IndexChange } from '../../events/search/index-port.js'
import { idOf, placeOf, storedOf } from './documents.js'
import { Incomplete } from './failures.js'
import type { Generation } from './generations.js'
import { monthOf } from './indices.js'

/** At the largest messages a third of the 100 MB that a server takes. */
const CHANGES_AT_ONCE = 500
const TIMEOUT_MS = 30_000

const NEWER_IS_THERE = 409
const NO_SUCH_INDEX = 404

/** Of the same event the removal stands. */
const versionTypes = { put: 'external', remove: 'external_gte' } as const

/** Of each message the change that stands, in the order of the first. */
const lastOfEach = (changes: ReadonlyArray<IndexChange>): ReadonlyArray<IndexChange> => {
  const last = new Map<string, IndexChange>()
  for (const change of changes) {
    const id = idOf(placeOf(change))
    const known = last.get(id)
    if (known === undefined || known.version < change.version || (known.version === change.version && change.op === 'remove')) last.set(id, change)
  }
  return [...last.values()]
}

/** Writes them and answers those whose month has no index. Rejects with `Incomplete` when the server does not take one. */
const write = async (client: Client, { aliasOf }: Generation, changes: ReadonlyArray<IndexChange>): Promise<ReadonlyArray<IndexChange>> => {
  const operations = changes.flatMap((change) => {
    const place = placeOf(change)
    const header = { _index: aliasOf(monthOf(place.sentAt)), _id: idOf(place), version: change.version, version_type: versionTypes[change.op] }
    return [{ index: header }, storedOf(change)]
  })
  const { items } = await client.bulk({ operations, require_alias: true }, { requestTimeout: TIMEOUT_MS })
  const outcomes = changes.map((change, at) => ({ change, status: items[at]?.index?.status ?? 0, type: items[at]?.index?.error?.type }))
  const refused = outcomes.filter(({ status, type }) => type !== undefined && status !== NEWER_IS_THERE && status !== NO_SUCH_INDEX)
  const [first] = refused
  if (first !== undefined) throw new Incomplete(`${refused.length} of ${changes.length} changes were refused, the first with ${first.status}: ${first.type}`)
  return outcomes.flatMap(({ status, change }) => (status === NO_SUCH_INDEX ? [change] : []))
}

const applyPart = async (client: Client, generation: Generation, changes: ReadonlyArray<IndexChange>): Promise<void> => {
  const homeless = await write(client, generation, changes)
  if (homeless.length === 0) return
  for (const month of new Set(homeless.map((change) => monthOf(placeOf(change).sentAt)))) await generation.create(month)
  const still = await write(client, generation, homeless)
  if (still.length > 0) throw new Incomplete('an index was dropped while it was written')
}

/**
 * Writes changes with the version of each; one that meets a higher version, or a put that meets the same, changes nothing. A month's index is made
 * when its first change comes. Resolves when all are on disk.
 */
export const applyChanges = async (client: Client, generation: Generation, changes: ReadonlyArray<IndexChange>): Promise<void> => {
  const standing = lastOfEach(changes)
  for (let from = 0; from < standing.length; from += CHANGES_AT_ONCE) await applyPart(client, generation, standing.slice(from, from + CHANGES_AT_ONCE))
}
