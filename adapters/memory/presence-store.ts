import * as TE from 'fp-ts/lib/TaskEither.js'
import { LRUCache } from 'lru-cache'
import type { PresenceStore } from '../../gateway/ports.js'

const ACCOUNTS_KEPT = 1_000_000

/** Presence within one process; what was said is gone with it. Keeps the million accounts that were said last. */
export const memoryPresenceStore = (): PresenceStore => {
  // With `max` the room of all of them would be taken at once.
  const said = new LRUCache<string, Map<string, number>>({ maxSize: ACCOUNTS_KEPT, sizeCalculation: () => 1 })
  return {
    say: (gateway, accounts, until) => TE.fromIO(() => {
      for (const account of accounts) {
        const gateways = said.get(account) ?? new Map<string, number>()
        said.set(account, gateways.set(gateway, until))
      }
    }),
    until: (accounts) => TE.fromIO(() => new Map(accounts.flatMap((account) => {
      const gateways = said.get(account)
      return gateways === undefined ? [] : [[account, Math.max(...gateways.values())] as const]
    }))),
  }
}
