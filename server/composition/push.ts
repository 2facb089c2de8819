import { Counter, type Registry } from 'prom-client'
import type { ApiRoute } from '../../adapters/http/api-route.js'
import { postgresPushStore } from '../../adapters/postgres/push/push-store.js'
import { pushRoutes, startPusher } from '../../gateway/index.js'
import type { Logger } from '../../platform/logging.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Feed } from '../../projections/index.js'
import { waitFor } from '../../read-side/sessions/wait-for.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'
import type { ReadModels } from './read-models.js'
import type { Sides } from './sides.js'

/** Consumer group of the pushers; persisted at the broker. */
const group = 'push'
const EVENTS_AT_ONCE = 500

interface Parts {
  readonly foundation: Foundation
  readonly readModels: ReadModels
  readonly sides: Sides
  readonly feed: Feed
  readonly logger: Logger
  readonly metrics: Registry
  /** The feed failed for good. */
  readonly onFailure: (error: unknown) => void
}

/** Pushes to browsers in the projector's processes until the stop, where VAPID keys are set; answers the routes of the API. */
export const openPush = async (settings: Settings, { foundation: { pool, clock }, readModels, sides, feed, logger, metrics, onFailure }: Parts, { onStop }: Shutdown): Promise<ReadonlyArray<ApiRoute>> => {
  const { vapidPublicKey: publicKey, vapidPrivateKey: privateKey, vapidSubject: subject, pushHosts: hosts, roles } = settings
  if (publicKey === '') return []
  const { isPushEndpoint, webPushProvider } = await import('../../adapters/web-push/push-provider.js')
  const [store, provider] = [postgresPushStore(pool), webPushProvider({ vapid: { subject, publicKey, privateKey }, hosts })]
  if (roles.includes('projector')) {
    const outcomes = new Counter({ name: 'tidings_pushes_total', help: 'Notifications to browsers, by what became of each try', labelNames: ['outcome'], registers: [metrics] })
    const pusher = startPusher({
      store, provider, partitions: feed.partitions, clock,
      // Notifications as clients meet them; the feed's positions as they are.
      readSide: { notificationsByIds: sides.readSide.notificationsByIds, waitFor: waitFor(readModels.progress) },
      onOutcome: (outcome, reason) => {
        outcomes.inc({ outcome })
        if (reason !== undefined) logger.warn({ outcome, reason }, 'a notification was not pushed')
      },
      onDefect: (error) => { logger.error({ error }, 'a defect of the pusher') },
    })
    const ended = new AbortController()
    const consuming = feed.consume({ group, resumeAfter: pusher.resumeAfter, handle: pusher.take, maxEvents: EVENTS_AT_ONCE, signal: ended.signal })
    consuming.catch(onFailure)
    onStop('pusher', async () => {
      ended.abort()
      await consuming.catch(() => undefined)
      await pusher.stop()
    })
  }
  return pushRoutes({ store, publicKey, commandSide: sides.commandSide, mayCall: isPushEndpoint(hosts), clock })
}
