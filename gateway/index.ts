import * as E from 'fp-ts/lib/Either.js'
import type { CommandSide } from '../command-side/index.js'
import type { Audience } from '../events/audience.js'
import type { Problem } from '../events/wire/answers.js'
import type { Clock } from '../platform/clock.js'
import type { NewId } from '../platform/identifiers.js'
import type { Logger } from '../platform/logging.js'
import type { RateLimiter } from '../platform/rate-limiter.js'
import type { ReadSide } from '../read-side/index.js'
import { createDoor } from './door.js'
import { drain } from './drain.js'
import { createAdmission } from './handlers/admission.js'
import { createRequests } from './handlers/requests.js'
import { startLive } from './live/start.js'
import type { Authenticator, FanOut, LastSeenRule, PresenceStore, Signals, SocketServer } from './ports.js'
import { startPresence } from './presence/start.js'
import { sessionCloser } from './sessions/close-session.js'
import { createOutbox, type Outbox } from './sessions/outbox.js'
import { createRegistry } from './sessions/registry.js'
import { resumeSession } from './sessions/resume.js'
import { startRounds } from './sessions/rounds.js'
import type { Session } from './sessions/session.js'
import { closeRevoked, sweep } from './sessions/sweep.js'
import { syncTokens } from './sessions/sync-token.js'
import { syncPlace, tokenGiver } from './sessions/token-giver.js'
import { GatewayStopped } from './until-answered.js'

export { asyncApiDocument } from './asyncapi.js'
export { pushRoutes, type PushRoutesParts } from './push/routes.js'
export { startPusher, type Pusher, type PusherOptions } from './push/start.js'

export interface GatewayDependencies {
  readonly socketServer: SocketServer
  readonly fanOut: FanOut
  readonly signals: Signals
  readonly presenceStore: PresenceStore
  readonly lastSeenRule: LastSeenRule
  readonly audience: Pick<Audience, 'relations'>
  readonly authenticator: Authenticator
  readonly rateLimiter: RateLimiter
  readonly commandSide: Pick<CommandSide, 'conversation' | 'markRead' | 'muteConversation' | 'deviceIsLive'>
  readonly readSide: Pick<ReadSide, 'memberships' | 'missed' | 'missedNotifications' | 'notificationsByIds' | 'range' | 'heads' | 'progress' | 'deliver'>
  /** Partitions of the feed whose commits are announced. */
  readonly partitions: number
  /** 32 bytes, the same in every gateway: `keyring.derived('sync token')`. */
  readonly syncTokenKey: Uint8Array
  readonly syncTokenDays: number
  readonly clock: Clock
  readonly newId: NewId
  readonly logger: Logger
}

export interface Gateway {
  readonly port: number
  /** Open sessions now. */
  readonly sessions: () => number
  /** Drains: nobody new, a reconnect hint with a last sync token, commands under way finish (2 s), then all are closed. Idempotent. */
  readonly close: () => Promise<void>
}

/** What a gateway is made of before it hears and listens. */
const foundations = (deps: GatewayDependencies) => {
  const ended = new AbortController()
  const registry = createRegistry()
  const onDefect = (error: unknown): void => {
    if (!(error instanceof GatewayStopped)) deps.logger.error({ error }, 'a defect in the gateway')
  }
  const onFailure = (doing: string, { type, status }: Problem): void => { deps.logger.warn({ doing, type, status }, 'not answered, asking again') }
  const close = sessionCloser(registry, () => outbox)
  const outbox: Outbox = createOutbox((session) => { close(session, 'slowConsumer') })
  const tokens = syncTokens(deps.syncTokenKey, deps.syncTokenDays)
  const checkDevice = async (session: Session): Promise<void> => {
    const live = await deps.commandSide.deviceIsLive(session)()
    if (E.isRight(live) && !live.right) close(session, 'deviceRevoked')
  }
  return { ended, registry, onDefect, persistence: { signal: ended.signal, onFailure }, close, outbox, tokens, giver: tokenGiver(tokens, outbox, deps.clock), checkDevice }
}

/**
 * The gateway: sessions of devices over sockets (docs/protocol.md). It listens to the fan-out before it opens its port, so
 * whatever is committed after the first socket is heard or found missing. Rejects when the port cannot be opened.
 */
export const createGateway = async (deps: GatewayDependencies): Promise<Gateway> => {
  const { clock, authenticator, commandSide } = deps
  const base = foundations(deps)
  const { registry, outbox, close, giver, onDefect } = base
  const presence = await startPresence({ ...deps, registry, outbox, onDefect })
  const live = await startLive({ ...deps, ...base, giveToken: giver.give, heard: presence.heard })
  const { places } = live
  const requests = createRequests({ commandSide, outbox, close, onDefect })
  const admission = createAdmission({ ...deps, outbox, close, onDefect })
  const resumed = resumeSession({ ...base, ...live, tokenGiver: giver, clock })
  const resume = (session: Session, sync: string | undefined): void => {
    void resumed(session, sync).catch((error: unknown) => {
      onDefect(error)
      close(session, 'behind')
    })
  }
  const door = createDoor({ ...deps, registry, outbox, requests, signals: presence.frames, admission, close, resume, onDefect })
  const sweeping = { sessions: registry.sessions, outbox, close, placeOf: (session: Session) => syncPlace(session, places), giveToken: (session: Session) => { giver.give(session, places) } }
  const everySecond = (): void => {
    sweep(sweeping, clock())
    door.sendLateAway(clock())
    presence.everySecond()
  }
  const stopRounds = startRounds({ everySecond, checkTokens: () => closeRevoked(registry.sessions, authenticator, close), probe: live.probe, onDefect })
  const stopLive = async (): Promise<void> => {
    stopRounds()
    await presence.stop()
    base.ended.abort()
    await live.stop()
  }
  const listening = await deps.socketServer.listen(door.handlers).catch(async (error: unknown) => {
    await stopLive()
    throw error
  })
  const end = async (): Promise<void> => {
    door.shut()
    await drain({ sessions: registry.sessions, outbox, close, settled: () => admission.settled().then(requests.settled), token: (session) => giver.take(session, places) })
    await stopLive()
    await listening.close()
  }
  let closing: Promise<void> | undefined
  return { port: listening.port, sessions: () => registry.sessions.size, close: () => (closing ??= end()) }
}
