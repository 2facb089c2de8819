import { randomUUID } from 'node:crypto'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Relation } from '../../../events/audience.js'
import { RELATIONS_KEPT_MS, type KnownRelations, type PrivacyCache, type PrivacyCacheAway, type RelationPair } from '../../../events/privacy-cache.js'
import { withinTime } from '../../../platform/within-time.js'
import { ignoreProblem } from '../../problem.js'
import { connectRedis, type RedisOptions } from '../connect.js'
import { privacyScripts, type Place } from './scripts.js'

/** A reader goes to the database after so long; a commit waits no longer for the cache. */
const LIMITS_MS = { find: 20, change: 100 } as const
/** Lua unpacks some thousand values at most. */
const AUTHORS_AT_ONCE = 1_000
const PAIRS_AT_ONCE = 1_000

export interface RedisPrivacyCacheOptions extends RedisOptions {
  /** How long a look-up may take before its reader goes to the database (20), and how long a commit waits for the cache (100). */
  readonly limitsMs?: { readonly find: number; readonly change: number }
}

export interface RedisPrivacyCache extends PrivacyCache {
  /** Idempotent. */
  readonly close: () => Promise<void>
}

const fields = ['follows', 'closeFriend', 'blocked', 'hidden', 'muted'] as const satisfies ReadonlyArray<keyof Relation>

const maskOf = (relation: Relation): number => fields.reduce((mask, field, bit) => (relation[field] ? mask | (1 << bit) : mask), 0)

const relationOf = (mask: number): Relation => {
  const has = (field: (typeof fields)[number]): boolean => (mask & (1 << fields.indexOf(field))) !== 0
  return { follows: has('follows'), closeFriend: has('closeFriend'), blocked: has('blocked'), hidden: has('hidden'), muted: has('muted') }
}

const everyRelation = Array.from({ length: 1 << fields.length }, (_, mask) => relationOf(mask))

const kept = (mask: string | null): Relation | undefined => (mask === null ? undefined : everyRelation[Number(mask)])

const parts = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))

const within = <A>(limitMs: number, work: () => Promise<A>): TE.TaskEither<PrivacyCacheAway, A> =>
  TE.tryCatch(
    () => withinTime(work(), limitMs),
    (error): PrivacyCacheAway => ({ _tag: 'PrivacyCacheAway', reason: error instanceof Error ? error.message : String(error) }),
  )

/** The privacy cache that all processes share: a hash a viewer. It connects at once, and is away until it is connected. */
export const redisPrivacyCache = ({ url, prefix, onProblem = ignoreProblem, limitsMs = LIMITS_MS }: RedisPrivacyCacheOptions): RedisPrivacyCache => {
  const redis = connectRedis(url, 'tidings-privacy-cache', ({ doing, error }) => onProblem({ where: 'privacy-cache', doing, error }))
  const keyOf = (viewer: string): string => `${prefix}relations.${viewer}`
  const places = (pairs: ReadonlyArray<RelationPair>): ReadonlyArray<Place> => pairs.flatMap(([one, other]) => [[keyOf(one), other], [keyOf(other), one]] as const)

  /** What is kept with a lease for the rest. Of several parts the last one speaks: a change between them took the leases before it. */
  const borrow = async (key: string, some: ReadonlyArray<ReadonlyArray<string>>): Promise<KnownRelations> => {
    const fresh = randomUUID()
    const found = await Promise.all(some.map((part) => privacyScripts.find(redis, key, fresh, RELATIONS_KEPT_MS, part)))
    const lease = found.map(([held]) => held).findLast((held) => held !== null)
    return { relations: found.flatMap(([, ...masks]) => masks.map(kept)), lease: lease === null || lease === 'changing' ? undefined : lease }
  }

  return {
    find: (viewer, authors) => within(limitsMs.find, async () => {
      const key = keyOf(viewer)
      const some = parts(authors, AUTHORS_AT_ONCE)
      const known = (await Promise.all(some.map((part) => redis.hmget(key, ...part)))).flat()
      return known.includes(null) ? borrow(key, some) : { relations: known.map(kept), lease: undefined }
    }),
    keep: (viewer, lease, read) => within(limitsMs.change, async () => {
      const rows = read.map(([author, relation]) => [author, maskOf(relation)] as const)
      await Promise.all(parts(rows, AUTHORS_AT_ONCE).map((some) => privacyScripts.keep(redis, keyOf(viewer), lease, some)))
    }),
    changing: (pairs) => within(limitsMs.change, async () => {
      await Promise.all(parts(places(pairs), PAIRS_AT_ONCE).map((some) => privacyScripts.changing(redis, some, RELATIONS_KEPT_MS)))
    }),
    changed: (pairs) => within(limitsMs.change, async () => {
      await Promise.all(parts(places(pairs), PAIRS_AT_ONCE).map((some) => privacyScripts.changed(redis, some)))
    }),
    close: async () => { redis.disconnect() },
  }
}
