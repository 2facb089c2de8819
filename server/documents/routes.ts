import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { createIssuer } from '../../adapters/issuer/issuer.js'
import { signingKeysIn } from '../../adapters/issuer/signing-keys.js'
import type { ApiRoute } from '../../adapters/http/api-route.js'
import { memoryEventStore } from '../../adapters/memory/event-store.js'
import { memoryHandleRegistry } from '../../adapters/memory/handle-registry.js'
import { memoryIssuerStore } from '../../adapters/memory/issuer-store.js'
import { memoryKeyStore } from '../../adapters/memory/key-store.js'
import { emptyMemoryProjections } from '../../adapters/memory/projections/state.js'
import { memoryProgress } from '../../adapters/memory/projections/store.js'
import { memoryReadModels } from '../../adapters/memory/read-models.js'
import { memoryAudience } from '../../adapters/memory/read-models/audience.js'
import { memoryCommandReceipts } from '../../adapters/memory/read-models/command-receipts.js'
import { memoryMessageFacts } from '../../adapters/memory/read-models/message-facts.js'
import { memoryReaders } from '../../adapters/memory/read-models/readers.js'
import { memorySearchIndex } from '../../adapters/memory/search-index.js'
import { memoryPushStore } from '../../adapters/memory/push-store.js'
import { memorySnapshotStore } from '../../adapters/memory/snapshot-store.js'
import { commandRoutes, createCommandSide } from '../../command-side/index.js'
import { pushRoutes } from '../../gateway/index.js'
import { systemClock } from '../../platform/clock.js'
import { newId } from '../../platform/identifiers.js'
import { queryRoutes } from '../../read-side/api/routes.js'
import { searchRoutes } from '../../read-side/api/search-routes.js'
import { storyRoutes } from '../../read-side/api/story-routes.js'
import { createReadSide } from '../../read-side/create.js'
import { createSearchSide } from '../../read-side/search/search.js'
import { createStoriesSide } from '../../read-side/stories/stories.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'

/** Every route of the API over empty memory, for whoever only wants to read what the routes say of themselves. */
export const describedRoutes = (): ReadonlyArray<ApiRoute> => {
  const [models, keyStore] = [memoryReadModels(), memoryKeyStore()]
  const [audience, handleDigest] = [memoryAudience(models.audience), (handle: string) => handle]
  const commandSide = createCommandSide({
    eventStore: memoryEventStore(), keyStore, handleDigest, newId, clock: systemClock,
    snapshots: memorySnapshotStore(), handles: memoryHandleRegistry(),
    messageFacts: memoryMessageFacts(models.timeline), commandReceipts: memoryCommandReceipts(models.commandReceipts),
    audience,
  })
  const [readers, progress] = [memoryReaders(models), memoryProgress(Object.values(models), emptyMemoryProjections())]
  const readSide = createReadSide({ readers, keyStore, handleDigest, progress, audience, clock: systemClock })
  const searchSide = createSearchSide({ index: memorySearchIndex(), progress, reader: readers.search, keyStore, clock: systemClock })
  const storiesSide = createStoriesSide({ reader: readers.stories, audience, keyStore, progress, clock: systemClock, inspectionsShown: true })
  const issuer = createIssuer({
    store: memoryIssuerStore(), keys: signingKeysIn(join(tmpdir(), 'tidings-never-read'), systemClock), clock: systemClock, newId,
    accessTokenMinutes: 1, refreshTokenDays: 1, issuerUrl: 'http://127.0.0.1:8080', audience: 'tidings',
    register: () => TE.right(undefined), accountOf: () => TE.right(O.none), mayTry: () => TE.right(undefined),
  })
  const pushing = pushRoutes({ store: memoryPushStore(), commandSide, publicKey: '', mayCall: () => true, clock: systemClock })
  return [...issuer.routes, ...commandRoutes(commandSide), ...queryRoutes(readSide), ...searchRoutes(searchSide), ...storyRoutes(storiesSide), ...pushing]
}
