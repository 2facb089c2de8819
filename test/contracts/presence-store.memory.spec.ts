import { memoryPresenceStore } from '../../adapters/memory/presence-store.js'
import { presenceStoreContract } from './presence-store/index.js'

presenceStoreContract('memory', async () => {
  const store = memoryPresenceStore()
  return { gateways: [store, store], close: async () => undefined }
})
