import { randomBytes } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { catchUpFeed } from '../../adapters/catch-up/feed.js'
import { memoryKeyring } from '../../adapters/memory/keyring.js'
import { memoryPrivacyCache } from '../../adapters/memory/privacy-cache.js'
import { memoryStoryCache } from '../../adapters/memory/story-cache.js'
import { postgresAudience } from '../../adapters/postgres/audience/audience.js'
import { postgresCommandReceipts } from '../../adapters/postgres/command-receipts/command-receipts.js'
import { postgresEventStore } from '../../adapters/postgres/event-store/event-store.js'
import { postgresHandleRegistry } from '../../adapters/postgres/handles/handle-registry.js'
import { postgresKeyStore } from '../../adapters/postgres/key-store/key-store.js'
import { postgresSnapshotStore } from '../../adapters/postgres/snapshots/snapshot-store.js'
import { postgresMessageFacts } from '../../adapters/postgres/timeline/message-facts.js'
import { cachedAudience } from '../../adapters/privacy-cache/cached-audience.js'
import { cachedStories } from '../../adapters/story-cache/cached-stories.js'
import { commandRoutes, commandsForClients, createCommandSide } from '../../command-side/index.js'
import { opaqueTokens } from '../../events/opaque-tokens.js'
import type { PrivacyCache } from '../../events/privacy-cache.js'
import { rebuild, startProjector, tellingPrivacyCache } from '../../projections/index.js'
import { queriesForClients, storiesForClients } from '../../read-side/api/for-clients.js'
import { queryRoutes } from '../../read-side/api/routes.js'
import { storyRoutes } from '../../read-side/api/story-routes.js'
import { createReadSide } from '../../read-side/create.js'
import type { StoryCache } from '../../read-side/stories/ports.js'
import { createStoriesSide } from '../../read-side/stories/stories.js'
import { forgetting } from '../../server/composition/feeds.js'
import { announcedProjection, openReadModels } from '../../server/composition/read-models.js'
import { httpDoor, trustingAuthenticator } from './http-door.js'
import { migratedDatabase } from './migrated-database.js'

/** Someone over HTTP; without an account nobody. */
export interface Someone {
  readonly account: string
  readonly handle: string
  readonly get: (path: string) => Promise<Answered>
  readonly post: (path: string, body: unknown) => Promise<Answered>
}

export interface Answered {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

interface Caches {
  readonly privacyCache: PrivacyCache
  readonly storyCache: (clock: () => number) => StoryCache
}

const inProcess: Caches = { privacyCache: memoryPrivacyCache(), storyCache: memoryStoryCache }

const asked = async (url: string, headers: Readonly<Record<string, string>>, body?: unknown): Promise<Answered> => {
  const sent = body === undefined ? { headers } : { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const answer = await fetch(url, sent)
  return { status: answer.status, body: (await answer.json()) as Answered['body'] }
}

/**
 * The whole way of a story in one process: HTTP, commands, log, keys, feed, projections, caches and queries on a real Postgres, by a clock
 * that is set.
 */
export const storiesStack = async (startsAt: number, administrators: ReadonlyArray<string> = [], { privacyCache, storyCache }: Caches = inProcess) => {
  let now = startsAt
  const clock = () => now
  const { pool, drop } = await migratedDatabase()
  const keyring = memoryKeyring()
  const eventStore = await postgresEventStore({ pool })
  const keyStore = await postgresKeyStore({ pool, keyring, durable: false })
  const { projections, progress, readers, store, handleDigest } = await openReadModels({ pool, keyring })
  const [defects, accounts, tokens]: [unknown[], string[], ReturnType<typeof opaqueTokens>] = [[], [], opaqueTokens(randomBytes(32))]
  const audience = cachedAudience(postgresAudience(pool), privacyCache)
  const feed = catchUpFeed({ eventStore, partitions: 2 })
  const projector = startProjector({
    feed: forgetting(feed, keyStore), group: 'spec', keyStore, projections, store: tellingPrivacyCache(store, privacyCache),
    announcer: { announce: () => undefined }, announced: announcedProjection, onProblem: (problem) => { defects.push(problem) },
  })
  const commandSide = createCommandSide({
    eventStore, keyStore, handles: postgresHandleRegistry(pool), handleDigest, newId: uuidv7, clock, audience, administrators: new Set(administrators),
    snapshots: postgresSnapshotStore(pool), messageFacts: postgresMessageFacts(pool), commandReceipts: postgresCommandReceipts(pool),
    hooks: { defect: (error) => { defects.push(error) } },
  })
  const stories = createStoriesSide({ reader: cachedStories(readers.stories, storyCache(clock)), audience, keyStore, progress, clock, inspectionsShown: true })
  const door = await httpDoor({
    authenticator: trustingAuthenticator(accounts),
    routes: [
      ...commandRoutes(commandsForClients(commandSide, tokens)), ...queryRoutes(queriesForClients(createReadSide({ readers, keyStore, progress, handleDigest, audience, clock }), tokens)),
      ...storyRoutes(storiesForClients(stories, tokens)),
    ],
  })
  const someone = (account: string, handle: string, headers: Readonly<Record<string, string>>): Someone =>
    ({ account, handle, get: (path) => asked(`${door.url}${path}`, headers), post: (path, body) => asked(`${door.url}${path}`, headers, body) })
  return {
    defects, pool,
    anonymous: someone(uuidv7(), 'nobody', {}),
    person: async (handle: string, account: string = uuidv7()): Promise<Someone> => {
      const device = uuidv7()
      accounts.push(account)
      const one = someone(account, handle, { authorization: `Bearer ${account}`, 'tidings-device': device })
      await one.post('/v1/account/commands', { type: 'RegisterAccount', profile: { handle, name: handle } })
      await one.post('/v1/account/commands', { type: 'RegisterDevice', deviceId: device })
      return one
    },
    at: (time: number) => { now = time },
    /** As the sweep does. */
    expire: (author: string, storyIds: ReadonlyArray<string>) => commandSide.expireStories(author, storyIds)(),
    /** Fills the stories anew from the log and puts them in the place of the live ones; rejects where both were not equal. */
    rebuildStories: async (): Promise<void> => {
      const report = await rebuild({
        projections: projections.filter(({ name }) => name === 'stories'), eventStore, store, keyStore, partitions: feed.partitions, partitionOf: feed.partitionOf,
        onProgress: () => undefined, swap: 'when-equal',
      })()
      if (E.isLeft(report)) throw new Error(JSON.stringify(report.left))
      if (!report.right.swapped) throw new Error(JSON.stringify(report.right.comparisons))
    },
    close: async () => {
      await door.close()
      await projector.stop()
      await commandSide.close()
      await eventStore.close()
      await drop()
    },
  }
}

export type StoriesStack = Awaited<ReturnType<typeof storiesStack>>
