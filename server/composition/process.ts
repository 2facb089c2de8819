import { readFileSync } from 'node:fs'
import { startHttp } from '../../adapters/http/listener.js'
import { postgresDueStories } from '../../adapters/postgres/stories/due-stories.js'
import type { OnProblem } from '../../adapters/problem.js'
import { commandRoutes } from '../../command-side/index.js'
import { asyncApiDocument } from '../../gateway/index.js'
import type { Logger } from '../../platform/logging.js'
import { createMetrics } from '../../platform/metrics.js'
import { inNetworks } from '../../platform/network-address.js'
import type { Shutdown } from '../../platform/shutdown.js'
import { tellingPrivacyCache } from '../../projections/index.js'
import { queryRoutes } from '../../read-side/api/routes.js'
import { searchRoutes } from '../../read-side/api/search-routes.js'
import { storyRoutes } from '../../read-side/api/story-routes.js'
import type { Settings } from '../configuration/settings.js'
import { openAudience } from './audience.js'
import { openFanOut, openFeed, relayLog } from './feeds.js'
import { openFoundation } from './foundation.js'
import { openGateway } from './gateway.js'
import { openIdentity } from './identity.js'
import { openPresence } from './presence.js'
import { projectLog, readModelsGroup } from './projecting.js'
import { openPush } from './push.js'
import { openRateLimits } from './rate-limits.js'
import { openReadModels } from './read-models.js'
import { scheduleSweeps, watchStories } from './scheduling.js'
import { openSearch } from './search.js'
import { openSides } from './sides.js'
import { openStories } from './stories.js'
import { watchProjections } from './watch.js'

/** A process that plays its roles. */
export interface RunningProcess {
  readonly httpPort: number
  readonly socketPort: number | undefined
  /** The database in words. */
  readonly database: string
}

const problemsInto = (logger: Logger): OnProblem => ({ where, doing, error }) => { logger.warn({ where, doing, error }, 'tried again') }

const certificateOf = ({ tlsCertificateFile, tlsKeyFile }: Settings) =>
  tlsCertificateFile === '' ? undefined : { certificate: readFileSync(tlsCertificateFile), key: readFileSync(tlsKeyFile) }

/**
 * Opens what the roles need, in the way of an event: log, feed, read models, projector, sides, listeners. What was opened is
 * closed at the stop in the reverse order. Rejects when a part cannot be opened; the caller then stops what was.
 */
export const startProcess = async (settings: Settings, logger: Logger, shutdown: Shutdown): Promise<RunningProcess> => {
  const has = (role: Settings['roles'][number]) => settings.roles.includes(role)
  const [metrics, onProblem] = [createMetrics(), problemsInto(logger)]
  const foundation = await openFoundation(settings, shutdown)
  const readModels = await openReadModels(foundation)
  const { audience, privacyCache } = await openAudience(settings, foundation, onProblem, shutdown)
  const search = await openSearch(settings, foundation, readModels, shutdown)
  const feed = await openFeed(settings, foundation, onProblem)
  const fanOut = await openFanOut(settings, foundation, feed.partitions, onProblem, shutdown)
  if (has('relay')) await relayLog(settings, foundation, onProblem, shutdown)
  const onFailure = (error: unknown) => {
    logger.error({ error }, 'the projector failed for good')
    process.kill(process.pid, 'SIGTERM')
  }
  const announced = readModelsGroup({ ...readModels, store: tellingPrivacyCache(readModels.store, privacyCache) }, fanOut)
  if (has('projector')) projectLog(foundation, [announced, search.group], feed, { logger, metrics, onFailure }, shutdown)
  const sides = openSides(settings, { foundation, readModels, audience, logger }, shutdown)
  const stories = await openStories(settings, { foundation, readModels, audience, onProblem }, shutdown)
  const pushing = await openPush(settings, { foundation, readModels, sides, feed, logger, metrics, onFailure }, shutdown)
  const rateLimiter = await openRateLimits(settings, foundation, metrics, onProblem, shutdown)
  const identity = openIdentity(settings, foundation, readModels, sides, rateLimiter)
  const gateway = has('gateway') ? await openGateway(settings, { foundation, ...(await openPresence(settings, foundation, onProblem, shutdown)), audience, sides, identity, rateLimiter, fanOut, partitions: feed.partitions, logger, metrics }, shutdown) : undefined
  if (has('scheduler')) await scheduleSweeps(settings, { foundation, commandSide: sides.commandSide, logger, metrics }, shutdown)
  const watches = [watchStories(postgresDueStories(foundation.pool), foundation.clock, metrics, shutdown), watchProjections(foundation, [readModels, search], feed, metrics, shutdown)]
  const tls = certificateOf(settings)
  const http = await startHttp({
    routes: has('api') ? [...identity.routes, ...commandRoutes(sides.commandSide), ...queryRoutes(sides.readSide), ...searchRoutes(search.side), ...storyRoutes(stories), ...pushing] : [],
    authenticator: identity.authenticator, rateLimiter, trusted: inNetworks(settings.trustedProxies),
    host: settings.httpHost, port: settings.httpPort, allowedOrigins: settings.allowedOrigins, logger, metrics,
    ...(tls === undefined ? {} : { tls }),
    health: { alarms: () => watches.flatMap(({ alarms }) => alarms()), notReady: () => [...(shutdown.signal.aborted ? ['it is stopping'] : []), ...[...readModels.outdated, ...search.outdated].map((name) => `${name} is of an older version: run tidings rebuild ${name}`)] },
    extra: has('gateway') ? [{ url: '/asyncapi.json', mediaType: 'application/json', text: JSON.stringify(asyncApiDocument()) }] : [],
  })
  shutdown.onStop('HTTP listener', http.close)
  return { httpPort: http.port, socketPort: gateway?.port, database: foundation.database }
}
