import type { ReadStatesWrite } from '../../../projections/read-states/writes.js'
import { readStatesModel } from '../../../projections/read-states/writes.js'
import type { MemoryReadModel } from '../read-model.js'
import type { Exchangeable } from './exchangeable.js'
import { exchangeable } from './exchangeable.js'

export interface MemoryReadStates extends MemoryReadModel<ReadStatesWrite> {
  /** Conversation → user → through. */
  readonly tables: Exchangeable<{ readonly markers: Map<string, Map<string, number>> }>
}

export const memoryReadStates = (): MemoryReadStates => {
  const tables = exchangeable(() => ({ markers: new Map<string, Map<string, number>>() }))
  return {
    ...readStatesModel,
    tables,
    apply: (writes) => {
      const { markers } = tables.current()
      for (const { conversation, userId, through } of writes) {
        const there = markers.get(conversation) ?? new Map<string, number>()
        markers.set(conversation, there.set(userId, Math.max(through, there.get(userId) ?? 0)))
      }
    },
  }
}
