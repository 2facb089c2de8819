import { inspect } from 'node:util'
import { memoryReadModels } from '../../../adapters/memory/read-models.js'
import { memoryAudience } from '../../../adapters/memory/read-models/audience.js'
import { memoryCommandReceipts } from '../../../adapters/memory/read-models/command-receipts.js'
import { memoryEndedStories } from '../../../adapters/memory/read-models/ended-stories.js'
import { memoryLastSeenRule } from '../../../adapters/memory/read-models/last-seen.js'
import { memoryMessageFacts } from '../../../adapters/memory/read-models/message-facts.js'
import { memoryReaders } from '../../../adapters/memory/read-models/readers.js'
import type { MemoryReadModel, MemoryTables } from '../../../adapters/memory/read-model.js'
import type { OpenReadModels } from './subject.js'
import { readModelNames } from './subject.js'

export const openMemoryReadModels = async (): Promise<OpenReadModels> => {
  const models = memoryReadModels()
  return {
    apply: async (name, writes) => (models[name] as MemoryReadModel).apply(writes),
    readers: memoryReaders(models),
    facts: memoryMessageFacts(models.timeline),
    receipts: memoryCommandReceipts(models.commandReceipts),
    audience: memoryAudience(models.audience),
    endedStories: memoryEndedStories,
    lastSeenRule: memoryLastSeenRule(models),
    rows: async () => readModelNames.flatMap((name) => {
      const tables: MemoryTables = models[name].tables.current()
      return Object.values(tables).flatMap((table) => [...table].map((row) => `${name} ${inspect(row, { depth: null, maxArrayLength: null, sorted: true })}`))
    }).sort(),
    close: async () => undefined,
  }
}
