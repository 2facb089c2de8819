import { eventStoreDbStore } from '../../adapters/eventstoredb/event-store.js'
import { startEventStoreDbStandIn } from '../support/eventstoredb/server.js'
import { eventStoreContract } from './event-store/index.js'

eventStoreContract('EventStoreDB, against the stand-in', async () => {
  const standIn = await startEventStoreDbStandIn()
  let store = await eventStoreDbStore({ url: standIn.url })
  const reopen = async () => {
    await store.close()
    store = await eventStoreDbStore({ url: standIn.url })
    return store
  }
  const close = async () => {
    await store.close()
    await standIn.stop()
  }
  return {
    store,
    reopen,
    close,
    dropConnections: async () => standIn.faults.dropConnections(),
    holdAppends: async () => {
      const release = standIn.faults.holdAnswers()
      return async () => release()
    },
  }
})
