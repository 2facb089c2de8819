import { memoryIssuerStore } from '../../adapters/memory/issuer-store.js'
import { issuerStoreContract } from './issuer-store/index.js'

issuerStoreContract('memory', async () => {
  const store = memoryIssuerStore()
  return { store, other: store, close: async () => undefined }
})
