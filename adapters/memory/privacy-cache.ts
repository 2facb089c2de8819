import * as TE from 'fp-ts/lib/TaskEither.js'
import { LRUCache } from 'lru-cache'
import type { Relation } from '../../events/audience.js'
import { RELATIONS_KEPT_MS, type PrivacyCache, type PrivacyCacheAway, type RelationPair } from '../../events/privacy-cache.js'

const KEPT_RELATIONS = 100_000
const KEPT_LEASES = 10_000

interface Lease {
  /** Undefined while a change is under way. */
  readonly name: string | undefined
  readonly until: number
}

const bothWays = (pairs: ReadonlyArray<RelationPair>): ReadonlyArray<RelationPair> => pairs.flatMap(([one, other]) => [[one, other], [other, one]] as const)
const keyOf = (viewer: string, author: string): string => `${viewer} ${author}`

/** The privacy cache of one process: bounded, the least used go first. `elapsed`: milliseconds, never going back. */
export const memoryPrivacyCache = (elapsed: () => number = () => performance.now()): PrivacyCache => {
  const relations = new LRUCache<string, { readonly relation: Relation; readonly until: number }>({ max: KEPT_RELATIONS })
  const leases = new LRUCache<string, Lease>({ max: KEPT_LEASES })
  let given = 0

  const leaseOf = (viewer: string): Lease | undefined => {
    const lease = leases.get(viewer)
    return lease === undefined || lease.until <= elapsed() ? undefined : lease
  }
  const lend = (viewer: string, name: string | undefined): Lease => {
    const lease = { name, until: elapsed() + RELATIONS_KEPT_MS }
    leases.set(viewer, lease)
    return lease
  }
  const known = (viewer: string, author: string): Relation | undefined => {
    const kept = relations.get(keyOf(viewer, author))
    return kept === undefined || kept.until <= elapsed() ? undefined : kept.relation
  }
  const sync = (work: () => void): TE.TaskEither<PrivacyCacheAway, void> => TE.fromIO(work)

  return {
    find: (viewer, authors) => TE.fromIO(() => {
      const found = authors.map((author) => known(viewer, author))
      const lease = found.includes(undefined) ? (leaseOf(viewer) ?? lend(viewer, String((given += 1)))) : undefined
      return { relations: found, lease: lease?.name }
    }),
    keep: (viewer, name, read) => sync(() => {
      const lease = leaseOf(viewer)
      if (lease === undefined || lease.name !== name) return
      for (const [author, relation] of read) relations.set(keyOf(viewer, author), { relation, until: lease.until })
    }),
    changing: (pairs) => sync(() => {
      for (const [viewer, author] of bothWays(pairs)) {
        relations.delete(keyOf(viewer, author))
        lend(viewer, undefined)
      }
    }),
    changed: (pairs) => sync(() => {
      for (const [viewer, author] of bothWays(pairs)) {
        relations.delete(keyOf(viewer, author))
        leases.delete(viewer)
      }
    }),
  }
}
