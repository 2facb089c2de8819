import type { ReadStatesWrite } from '../../../projections/read-states/writes.js'
import { readStatesModel } from '../../../projections/read-states/writes.js'
import type { MemoryReadModel } from '../read-model.js'

export interface MemoryReadStates extends MemoryReadModel<ReadStatesWrite> {
  /** Conversation → user → through. */
  readonly markers: ReadonlyMap<string, ReadonlyMap<string, number>>
}

export const memoryReadStates = (): MemoryReadStates => {
  const markers = new Map<string, Map<string, number>>()
  return {
    ...readStatesModel,
    markers,
    apply: (writes) => {
      for (const { conversation, userId, through } of writes) {
        const there = markers.get(conversation) ?? new Map<string, number>()
        markers.set(conversation, there.set(userId, Math.max(through, there.get(userId) ?? 0)))
      }
    },
  }
}
