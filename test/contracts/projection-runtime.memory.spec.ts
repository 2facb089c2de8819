import { memoryEventStore } from '../../adapters/memory/event-store.js'
import { emptyMemoryProjections } from '../../adapters/memory/projections/state.js'
import { memoryProjectionStore } from '../../adapters/memory/projections/store.js'
import { projectionRuntime } from './projection-runtime/index.js'
import { memoryModels } from './projection-store/read-models.js'
import { sorted } from './projection-store/subject.js'

projectionRuntime('memory', async () => {
  const [readModels, state, eventStore] = [memoryModels(), emptyMemoryProjections(), memoryEventStore()]
  return {
    eventStore,
    store: () => memoryProjectionStore({ readModels, state }),
    rows: async (name) => sorted(readModels.find((model) => model.name === name)?.rows() ?? []),
    close: eventStore.close,
  }
})
