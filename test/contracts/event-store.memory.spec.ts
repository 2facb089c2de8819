import { memoryEventStore } from '../../adapters/memory/event-store.js'
import { emptyMemoryLog } from '../../adapters/memory/log.js'
import { eventStoreContract } from './event-store/index.js'

eventStoreContract('memory', async () => {
  const log = emptyMemoryLog()
  let store = memoryEventStore(log)
  const reopen = async () => {
    await store.close()
    store = memoryEventStore(log)
    return store
  }
  return { store, reopen, close: () => store.close() }
})
