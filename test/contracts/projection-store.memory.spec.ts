import { emptyMemoryProjections } from '../../adapters/memory/projections/state.js'
import { memoryProgress, memoryProjectionStore } from '../../adapters/memory/projections/store.js'
import { projectionStoreContract } from './projection-store/index.js'
import { memoryModels, tableOf, type Note } from './projection-store/read-models.js'
import { sorted } from './projection-store/subject.js'

projectionStoreContract('memory', async () => {
  const models = memoryModels()
  const state = emptyMemoryProjections()
  const progress = memoryProgress(models, state)
  const storeOf = (readModels: typeof models | [(typeof models)[0]]) =>
    memoryProjectionStore({ readModels, state, onCommitted: progress.notice })
  const modelOf = (name: string) => models.find((model) => model.name === name)
  return {
    progress,
    store: storeOf(models),
    another: () => storeOf(models),
    older: () => storeOf([models[0]]),
    rows: async (name) => sorted(modelOf(name)?.rows() ?? []),
    tamper: async (name) => {
      const rows = modelOf(name)?.tables?.current()[tableOf[name] ?? ''] as Map<string, Note>
      for (const [key, note] of rows) rows.set(key, { ...note, text: 'tampered' })
    },
    close: async () => undefined,
  }
})
