import * as TE from 'fp-ts/lib/TaskEither.js'
import { Counter, type Registry } from 'prom-client'
import type { OnProblem } from '../../adapters/problem.js'
import { rateLimits } from '../../events/rate-limits.js'
import { unlimited, type RateLimited, type RateLimiter } from '../../platform/rate-limiter.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'

const openBuckets = async (settings: Settings, { adapters }: Foundation, onProblem: OnProblem, { onStop }: Shutdown): Promise<RateLimiter> => {
  const factor = settings.rateLimitFactor
  if (adapters.rateLimits === 'off') return unlimited
  if (adapters.rateLimits === 'memory') {
    const { memoryRateLimiter } = await import('../../adapters/rate-limiter-flexible/memory.js')
    return memoryRateLimiter(rateLimits, factor)
  }
  const { redisRateLimiter } = await import('../../adapters/rate-limiter-flexible/redis.js')
  const limiter = redisRateLimiter({ url: settings.redisUrl, prefix: settings.redisPrefix, buckets: rateLimits, factor, onProblem })
  onStop('rate limits', async () => { limiter.close() })
  return limiter
}

/** The rate limits of this process by the chosen adapter; what they refuse is counted by action. */
export const openRateLimits = async (settings: Settings, foundation: Foundation, metrics: Registry, onProblem: OnProblem, shutdown: Shutdown): Promise<RateLimiter> => {
  const { consume } = await openBuckets(settings, foundation, onProblem, shutdown)
  const refused = new Counter({ name: 'tidings_rate_limited_total', help: 'Requests that were too much', labelNames: ['action'], registers: [metrics] })
  return {
    consume: (keys, action) => TE.mapLeft<RateLimited, RateLimited>((limited) => {
      refused.inc({ action })
      return limited
    })(consume(keys, action)),
  }
}
