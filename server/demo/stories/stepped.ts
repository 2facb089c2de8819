import * as E from 'fp-ts/lib/Either.js'
import { startHttp } from '../../../adapters/http/listener.js'
import { commandRoutes, type CommandSide, type Swept } from '../../../command-side/index.js'
import { createLogger } from '../../../platform/logging.js'
import { createMetrics } from '../../../platform/metrics.js'
import { unlimited } from '../../../platform/rate-limiter.js'
import { createShutdown } from '../../../platform/shutdown.js'
import { tellingPrivacyCache } from '../../../projections/index.js'
import { queryRoutes } from '../../../read-side/api/routes.js'
import { searchRoutes } from '../../../read-side/api/search-routes.js'
import { storyRoutes } from '../../../read-side/api/story-routes.js'
import type { ReadSide } from '../../../read-side/index.js'
import type { StoriesSide } from '../../../read-side/stories/stories.js'
import { openAudience } from '../../composition/audience.js'
import { openFeed, relayLog } from '../../composition/feeds.js'
import { openFoundation, type Foundation } from '../../composition/foundation.js'
import { openIdentity } from '../../composition/identity.js'
import { projectLog, readModelsGroup } from '../../composition/projecting.js'
import { openReadModels } from '../../composition/read-models.js'
import { sweepOf } from '../../composition/scheduling.js'
import { openSearch } from '../../composition/search.js'
import { openSides } from '../../composition/sides.js'
import { openStories } from '../../composition/stories.js'
import { loadSettings } from '../../configuration/load-settings.js'
import type { Settings } from '../../configuration/settings.js'

/** A deployment's data under a clock that only this program sets. */
export interface Stepped {
  readonly api: string
  readonly foundation: Foundation
  readonly commandSide: CommandSide
  readonly readSide: ReadSide
  readonly stories: StoriesSide
  readonly setNow: (milliseconds: number) => void
  /** One sweep, as the scheduler makes it. */
  readonly sweep: () => Promise<Swept>
  readonly close: () => Promise<void>
}

const settingsOf = (environment: Readonly<Record<string, string>>): Settings => {
  const loaded = loadSettings({ ...environment, TIDINGS_HTTP_PORT: '0', TIDINGS_ROLES: 'relay,projector,api' })
  if (E.isLeft(loaded)) throw new Error(loaded.left.reasons.join('; '))
  return loaded.right.values
}

const quiet = createLogger('error')
const onFailure = (error: unknown): void => { quiet.error({ error }, 'the projector failed for good') }
const ready = { alarms: () => [], notReady: () => [] }

/**
 * Goes on, in this process, with what a deployment left, without its gateways and its scheduler: relay, projections, commands
 * and queries as they are composed everywhere, only under this clock. No setting does that.
 */
export const openStepped = async (environment: Readonly<Record<string, string>>, began: number): Promise<Stepped> => {
  let now = began
  const [settings, shutdown, metrics] = [settingsOf(environment), createShutdown(quiet), createMetrics()]
  const onProblem = (): void => undefined
  const foundation = await openFoundation(settings, shutdown, () => now)
  const readModels = await openReadModels(foundation)
  const { audience, privacyCache } = await openAudience(settings, foundation, onProblem, shutdown)
  const search = await openSearch(settings, foundation, readModels, shutdown)
  const feed = await openFeed(settings, foundation, onProblem)
  await relayLog(settings, foundation, onProblem, shutdown)
  const told = readModelsGroup({ ...readModels, store: tellingPrivacyCache(readModels.store, privacyCache) }, { announce: () => undefined })
  projectLog(foundation, [told, search.group], feed, { logger: quiet, metrics, onFailure }, shutdown)
  const sides = openSides(settings, { foundation, readModels, audience, logger: quiet }, shutdown)
  const stories = await openStories(settings, { foundation, readModels, audience, onProblem }, shutdown)
  const { authenticator } = openIdentity(settings, foundation, readModels, sides, unlimited)
  const http = await startHttp({
    routes: [...commandRoutes(sides.commandSide), ...queryRoutes(sides.readSide), ...storyRoutes(stories), ...searchRoutes(search.side)],
    authenticator, rateLimiter: unlimited, host: '127.0.0.1', port: 0, allowedOrigins: [], logger: quiet, metrics, health: ready,
  })
  shutdown.onStop('HTTP listener', http.close)
  const sweep = sweepOf(foundation, sides.commandSide)
  return {
    ...sides, foundation, stories,
    api: `http://127.0.0.1:${http.port}`,
    setNow: (milliseconds) => { now = milliseconds },
    sweep: () => sweep(shutdown.signal),
    close: async () => { await shutdown.stop('the demo is over') },
  }
}
