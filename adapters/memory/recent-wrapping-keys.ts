import { LRUCache } from 'lru-cache'
import type { Keyring, WrappingKey } from '../../events/key-store.js'

const SHARDS = 256

/**
 * A keyring that finds a wrapping key again without asking the one behind it, for `keepMs` at most: what another process
 * destroys meanwhile opens that long. What is destroyed through this one is gone here at once; absence is never kept.
 */
export const recentWrappingKeys = (inner: Keyring, keepMs: number, now?: () => number): Keyring => {
  const known = new LRUCache<string, WrappingKey>({ max: SHARDS, ttl: keepMs, ttlResolution: 0, ...(now === undefined ? {} : { perf: { now } }) })
  return {
    ...inner,
    find: async (id) => {
      const kept = known.get(id)
      if (kept !== undefined) return kept
      const found = await inner.find(id)
      if (found !== undefined) known.set(id, found)
      return found
    },
    destroy: async (id) => {
      known.delete(id)
      await inner.destroy(id)
      // It may have been found while this was on its way.
      known.delete(id)
    },
  }
}
