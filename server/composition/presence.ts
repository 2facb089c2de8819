import { memoryPresenceStore } from '../../adapters/memory/presence-store.js'
import { memorySignals } from '../../adapters/memory/signals.js'
import { postgresLastSeenRule } from '../../adapters/postgres/audience/last-seen.js'
import type { OnProblem } from '../../adapters/problem.js'
import type { LastSeenRule, PresenceStore, Signals } from '../../gateway/ports.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'

export interface PresenceAdapters {
  readonly signals: Signals
  readonly presenceStore: PresenceStore
  readonly lastSeenRule: LastSeenRule
}

/** What gateways tell each other beside the log; between processes where committed batches are. */
export const openPresence = async (settings: Settings, { adapters, pool }: Foundation, onProblem: OnProblem, { onStop }: Shutdown): Promise<PresenceAdapters> => {
  const lastSeenRule = postgresLastSeenRule(pool)
  if (adapters.fanOut === 'memory') return { signals: memorySignals(onProblem), presenceStore: memoryPresenceStore(), lastSeenRule }
  const [{ redisSignals }, { redisPresenceStore }] = await Promise.all([import('../../adapters/redis/signals.js'), import('../../adapters/redis/presence-store.js')])
  const at = { url: settings.redisUrl, prefix: settings.redisPrefix, onProblem }
  const [signals, presenceStore] = [redisSignals(at), redisPresenceStore(at)]
  onStop('signals', signals.close)
  onStop('presence', presenceStore.close)
  return { signals, presenceStore, lastSeenRule }
}
