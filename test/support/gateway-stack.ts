import { randomBytes } from 'node:crypto'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import { catchUpFeed } from '../../adapters/catch-up/feed.js'
import { memoryFanOut } from '../../adapters/memory/fan-out.js'
import { memoryProjectionStore, memoryProgress } from '../../adapters/memory/projections/store.js'
import { emptyMemoryProjections } from '../../adapters/memory/projections/state.js'
import { memoryReadModels } from '../../adapters/memory/read-models.js'
import { memoryAudience } from '../../adapters/memory/read-models/audience.js'
import { memoryCommandReceipts } from '../../adapters/memory/read-models/command-receipts.js'
import { memoryMessageFacts } from '../../adapters/memory/read-models/message-facts.js'
import { memoryLastSeenRule } from '../../adapters/memory/read-models/last-seen.js'
import { memoryReaders } from '../../adapters/memory/read-models/readers.js'
import { memoryPrivacyCache } from '../../adapters/memory/privacy-cache.js'
import { memoryPresenceStore } from '../../adapters/memory/presence-store.js'
import { memoryStoryCache } from '../../adapters/memory/story-cache.js'
import { memorySignals } from '../../adapters/memory/signals.js'
import { memorySocketServer } from '../../adapters/memory/socket-server.js'
import { cachedAudience } from '../../adapters/privacy-cache/cached-audience.js'
import { cachedStories } from '../../adapters/story-cache/cached-stories.js'
import { commandsForClients, type CommandSide } from '../../command-side/index.js'
import type { CommittedBatch } from '../../events/committed.js'
import { opaqueTokens } from '../../events/opaque-tokens.js'
import { problem } from '../../events/wire/problems.js'
import { createGateway, type Gateway } from '../../gateway/index.js'
import type { Authenticator, FanOut, PresenceStore, Signals, SocketServer } from '../../gateway/ports.js'
import type { Clock } from '../../platform/clock.js'
import { createLogger } from '../../platform/logging.js'
import { unlimited, type RateLimiter } from '../../platform/rate-limiter.js'
import { accountsProjection } from '../../projections/accounts/project.js'
import { audienceProjection } from '../../projections/audience/project.js'
import { commandReceiptsProjection } from '../../projections/command-receipts/project.js'
import { inboxProjection } from '../../projections/inbox/project.js'
import { startProjector, tellingPrivacyCache, type Feed, type Projection } from '../../projections/index.js'
import { membersProjection } from '../../projections/members/project.js'
import { notificationsProjection } from '../../projections/notifications/project.js'
import { readStatesProjection } from '../../projections/read-states/project.js'
import { searchProjection } from '../../projections/search/project.js'
import { storiesProjection } from '../../projections/stories/project.js'
import { timelineProjection } from '../../projections/timeline/project.js'
import { queriesForClients, searchForClients, storiesForClients } from '../../read-side/api/for-clients.js'
import { createReadSide } from '../../read-side/create.js'
import type { ReadSide } from '../../read-side/index.js'
import { createSearchSide, type SearchSide } from '../../read-side/search/search.js'
import { createStoriesSide, type StoriesSide } from '../../read-side/stories/stories.js'
import { commandSides, handleDigest, stored } from './command-side.js'
import { memorySearch } from './memory-search.js'

const YEAR_MS = 365 * 86_400_000

/** Access tokens of the tests: who, until when, under which id. */
export const tokenFor = (account: string, expiresAt = Date.now() + YEAR_MS, tokenId = uuidv7()): string =>
  `${account}.${expiresAt}.${tokenId}`

/** Knows the tokens of `tokenFor`, and those that were revoked. */
export const tokenReader = (revoked: Set<string>): Authenticator => ({
  identify: (token) => {
    const [account, expiresAt, tokenId] = token.split('.')
    const ok = account !== undefined && tokenId !== undefined && !revoked.has(tokenId)
    return ok ? TE.right({ account, expiresAt: Number(expiresAt), tokenId }) : TE.left(problem('unauthenticated'))
  },
  revoked: (ids) => TE.right(new Set(ids.filter((id) => revoked.has(id)))),
})

/** What gateways tell each other beside the log. */
export interface BesideTheLog {
  readonly signals: Signals
  readonly presenceStore: PresenceStore
}

export interface GatewayStack {
  readonly commandSide: CommandSide
  readonly readSide: ReadSide
  /** Both as clients meet them, over HTTP and over sockets. */
  readonly forClients: { readonly commandSide: CommandSide; readonly readSide: ReadSide; readonly stories: StoriesSide; readonly search: SearchSide }
  readonly gateway: Gateway
  readonly sockets: ReturnType<typeof memorySocketServer>
  readonly revoked: Set<string>
  /** The gateway's clock is this much ahead of the real one. */
  readonly ahead: (milliseconds: number) => void
  /** Batches that answer true are not announced to the gateway. */
  readonly lose: (chooses: (batch: CommittedBatch) => boolean) => void
  /** Tells the gateway that batches may have been lost, as a connection that is back does. */
  readonly noticeGap: () => void
  /** Another gateway over the same sides, on a socket server of its own. */
  readonly another: (socketServer: SocketServer, rateLimiter?: RateLimiter, beside?: BesideTheLog) => Promise<Gateway>
  /** Where the log ends. */
  readonly stored: () => number
  /** Commits of these partitions wait until released. */
  readonly hold: (partition: number) => { readonly release: () => void }
  readonly feed: Feed
  readonly partitions: number
  readonly defects: ReadonlyArray<unknown>
  readonly close: () => Promise<void>
}

/**
 * The whole way of a message over memory adapters: commands, log, feed, projections, queries, fan-out, gateway. `clock` is
 * that of commands and queries; sessions live by the real one.
 */
export const gatewayStack = async (partitions = 4, clock: Clock = Date.now): Promise<GatewayStack> => {
  const disk = commandSides()
  const models = memoryReadModels()
  const searching = memorySearch()
  const all = [...Object.values(models), searching.model]
  const state = emptyMemoryProjections()
  const progress = memoryProgress(all, state)
  const { eventStore, keyStore } = disk.parts()
  const privacyCache = memoryPrivacyCache()
  const audience = cachedAudience(memoryAudience(models.audience), privacyCache)
  const commandSide = disk.start({ clock, audience, messageFacts: memoryMessageFacts(models.timeline), commandReceipts: memoryCommandReceipts(models.commandReceipts) })
  const readers = memoryReaders(models)
  const readSide = createReadSide({ readers, keyStore, progress, handleDigest, audience, clock: () => clock() + skew })
  const tokens = opaqueTokens(randomBytes(32))
  const forClients = {
    commandSide: commandsForClients(commandSide, tokens), readSide: queriesForClients(readSide, tokens),
    stories: storiesForClients(createStoriesSide({ reader: cachedStories(readers.stories, memoryStoryCache(() => clock() + skew)), audience, keyStore, progress, clock: () => clock() + skew, inspectionsShown: false }), tokens),
    search: searchForClients(createSearchSide({ index: searching.index, progress, reader: readers.search, keyStore, clock: () => clock() + skew }), tokens),
  }
  const [announced, gaps] = [memoryFanOut(), new Set<() => void>()]
  let loses = (_batch: CommittedBatch): boolean => false
  const fanOut: FanOut = { ...announced, onGap: (notice) => { gaps.add(notice) } }
  const held = new Map<number, Promise<void>>()
  const store = tellingPrivacyCache(memoryProjectionStore({ readModels: all, state, onCommitted: progress.notice }), privacyCache)
  const feed = catchUpFeed({ eventStore, partitions })
  const projector = startProjector({
    feed, group: 'spec', keyStore,
    projections: [timelineProjection, membersProjection, inboxProjection, accountsProjection(handleDigest), commandReceiptsProjection, readStatesProjection, audienceProjection, notificationsProjection, storiesProjection, searchProjection] as ReadonlyArray<Projection<unknown>>,
    store: { ...store, commit: (batch) => async () => { await held.get(batch.partition); return store.commit(batch)() } },
    announcer: { announce: (batch) => { if (!loses(batch)) announced.announce(batch) } },
    announced: timelineProjection.name,
    onProblem: (told) => { defects.push(told) },
  })
  const [revoked, defects, syncTokenKey]: [Set<string>, unknown[], Buffer] = [new Set(), [], randomBytes(32)]
  let skew = 0
  const quiet = createLogger('silent')
  const logger = { ...quiet, debug: () => undefined, info: () => undefined, warn: () => undefined, error: (fields: object) => { defects.push(fields) } }
  const memory: BesideTheLog = { signals: memorySignals(), presenceStore: memoryPresenceStore() }
  const lastSeenRule = memoryLastSeenRule(models)
  const another = (socketServer: SocketServer, rateLimiter = unlimited, beside = memory): Promise<Gateway> =>
    createGateway({ socketServer, ...beside, lastSeenRule, audience, rateLimiter, fanOut, authenticator: tokenReader(revoked), ...forClients, partitions, syncTokenKey, syncTokenDays: 30, clock: () => Date.now() + skew, newId: uuidv7, logger })
  const sockets = memorySocketServer(['https://app.example'])
  const gateway = await another(sockets)
  return {
    commandSide, readSide, forClients, gateway, sockets, revoked, another, feed, partitions, defects,
    stored: () => stored(disk.log),
    hold: (partition) => {
      let release = (): void => undefined
      held.set(partition, new Promise((resolve) => { release = resolve }))
      return { release: () => { held.delete(partition); release() } }
    },
    ahead: (milliseconds) => { skew = milliseconds },
    lose: (chooses) => { loses = chooses },
    noticeGap: () => { for (const notice of gaps) notice() },
    close: async () => {
      await gateway.close()
      await projector.stop()
      await commandSide.close()
      await eventStore.close()
    },
  }
}
