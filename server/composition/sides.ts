import type { Logger } from '../../platform/logging.js'
import type { Shutdown } from '../../platform/shutdown.js'
import { newId } from '../../platform/identifiers.js'
import { postgresCommandReceipts } from '../../adapters/postgres/command-receipts/command-receipts.js'
import { postgresHandleRegistry } from '../../adapters/postgres/handles/handle-registry.js'
import { postgresSnapshotStore } from '../../adapters/postgres/snapshots/snapshot-store.js'
import { postgresMessageFacts } from '../../adapters/postgres/timeline/message-facts.js'
import { commandsForClients, createCommandSide, type CommandSide } from '../../command-side/index.js'
import type { HandleRegistry } from '../../command-side/ports.js'
import type { Audience } from '../../events/audience.js'
import type { ReadSide } from '../../read-side/index.js'
import { queriesForClients } from '../../read-side/api/for-clients.js'
import { createReadSide } from '../../read-side/create.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'
import type { ReadModels } from './read-models.js'

/** Commands and queries over the same log and read models, as clients meet them. */
export interface Sides {
  readonly commandSide: CommandSide
  readonly readSide: ReadSide
  readonly handles: HandleRegistry
}

interface Parts {
  readonly foundation: Foundation
  readonly readModels: ReadModels
  readonly audience: Audience
  readonly logger: Logger
}

export const openSides = ({ administrators }: Settings, { foundation, readModels, audience, logger }: Parts, { onStop }: Shutdown): Sides => {
  const { eventStore, keyStore, pool, clock, tokens } = foundation
  const { handleDigest, readers, progress } = readModels
  const handles = postgresHandleRegistry(pool)
  const commandSide = createCommandSide({
    eventStore, keyStore, handles, handleDigest, newId, audience,
    administrators: new Set(administrators),
    clock,
    snapshots: postgresSnapshotStore(pool),
    messageFacts: postgresMessageFacts(pool),
    commandReceipts: postgresCommandReceipts(pool),
    hooks: { defect: (error) => { logger.error({ error }, 'a defect in the command side') } },
  })
  onStop('command side', commandSide.close)
  const readSide = createReadSide({ readers, keyStore, progress, handleDigest, audience, clock })
  return { commandSide: commandsForClients(commandSide, tokens), handles, readSide: queriesForClients(readSide, tokens) }
}
