import { Gauge, type Registry } from 'prom-client'
import { uwsSocketServer } from '../../adapters/uws/socket-server.js'
import { createGateway, type Gateway } from '../../gateway/index.js'
import type { Audience } from '../../events/audience.js'
import type { FanOut } from '../../gateway/ports.js'
import { systemClock } from '../../platform/clock.js'
import { newId } from '../../platform/identifiers.js'
import type { Logger } from '../../platform/logging.js'
import { inNetworks } from '../../platform/network-address.js'
import type { RateLimiter } from '../../platform/rate-limiter.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'
import type { Identity } from './identity.js'
import type { PresenceAdapters } from './presence.js'
import type { Sides } from './sides.js'

interface Parts extends PresenceAdapters {
  readonly audience: Audience
  readonly foundation: Foundation
  readonly sides: Sides
  readonly identity: Identity
  readonly rateLimiter: RateLimiter
  readonly fanOut: FanOut
  /** Of the feed. */
  readonly partitions: number
  readonly logger: Logger
  readonly metrics: Registry
}

const tlsOf = ({ tlsCertificateFile, tlsKeyFile }: Settings) =>
  tlsCertificateFile === '' ? {} : { tls: { certificateFile: tlsCertificateFile, keyFile: tlsKeyFile } }

/** Opens the sockets of this process; drains them at the stop, before anything they need is closed. */
export const openGateway = async (settings: Settings, parts: Parts, { onStop }: Shutdown): Promise<Gateway> => {
  const { foundation, sides, identity, rateLimiter, fanOut, partitions, logger, metrics, signals, presenceStore, lastSeenRule, audience } = parts
  const gateway = await createGateway({
    socketServer: uwsSocketServer({ host: settings.socketHost, port: settings.socketPort, allowedOrigins: settings.allowedOrigins, trusted: inNetworks(settings.trustedProxies), ...tlsOf(settings) }),
    fanOut, signals, presenceStore, lastSeenRule, audience, rateLimiter, partitions, logger, newId,
    authenticator: identity.authenticator,
    commandSide: sides.commandSide,
    readSide: sides.readSide,
    syncTokenKey: await foundation.keyring.derived('sync token'),
    syncTokenDays: settings.syncTokenDays,
    clock: systemClock,
  })
  onStop('gateway', gateway.close)
  const open = new Gauge({ name: 'tidings_gateway_sessions', help: 'Open sessions', registers: [metrics], collect: () => { open.set(gateway.sessions()) } })
  return gateway
}
