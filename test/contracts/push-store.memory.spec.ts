import { memoryPushStore } from '../../adapters/memory/push-store.js'
import { pushStoreContract } from './push-store/index.js'

pushStoreContract('memory', async () => {
  const store = memoryPushStore()
  return { store, other: store, close: () => Promise.resolve() }
})
