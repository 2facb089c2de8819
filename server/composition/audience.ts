import { memoryPrivacyCache } from '../../adapters/memory/privacy-cache.js'
import { postgresAudience } from '../../adapters/postgres/audience/audience.js'
import { cachedAudience } from '../../adapters/privacy-cache/cached-audience.js'
import type { OnProblem } from '../../adapters/problem.js'
import type { Audience } from '../../events/audience.js'
import type { PrivacyCache } from '../../events/privacy-cache.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'

export interface CachedAudience {
  readonly audience: Audience
  /** Told by the projector of what it changes. */
  readonly privacyCache: PrivacyCache
}

const openCache = async (settings: Settings, { adapters }: Foundation, onProblem: OnProblem, { onStop }: Shutdown): Promise<PrivacyCache> => {
  if (adapters.privacyCache === 'memory') return memoryPrivacyCache()
  const { redisPrivacyCache } = await import('../../adapters/redis/privacy-cache/privacy-cache.js')
  const cache = redisPrivacyCache({ url: settings.redisUrl, prefix: settings.redisPrefix, onProblem })
  onStop('privacy cache', cache.close)
  return cache
}

/** Who may see whom, through the chosen cache. */
export const openAudience = async (settings: Settings, foundation: Foundation, onProblem: OnProblem, shutdown: Shutdown): Promise<CachedAudience> => {
  const privacyCache = await openCache(settings, foundation, onProblem, shutdown)
  return { privacyCache, audience: cachedAudience(postgresAudience(foundation.pool), privacyCache) }
}
