import { eventStoreDbStore } from '../../adapters/eventstoredb/event-store.js'
import { realEventStoreDb } from '../support/eventstoredb/real.js'
import { startEventStoreDbStandIn } from '../support/eventstoredb/server.js'
import { eventStoreContract } from './event-store/index.js'
import type { OpenStore } from './event-store/index.js'

const openAt = async (url: string, stop: () => Promise<void>): Promise<OpenStore> => {
  let store = await eventStoreDbStore({ url })
  const reopen = async () => {
    await store.close()
    store = await eventStoreDbStore({ url })
    return store
  }
  const close = async () => {
    await store.close()
    await stop()
  }
  return { store, reopen, close }
}

eventStoreContract('EventStoreDB, against the stand-in', async () => {
  const { url, faults, stop } = await startEventStoreDbStandIn()
  const holdAppends = async () => {
    const release = faults.holdAnswers()
    return async () => release()
  }
  return { ...(await openAt(url, stop)), holdAppends, dropConnections: async () => faults.dropConnections() }
})

const real = await realEventStoreDb()
process.stdout.write(`EventStoreDB: ${real.available ? `real, by ${real.source}` : `the stand-in only, ${real.reason}`}\n`)
if (real.available) {
  eventStoreContract(`EventStoreDB, a real server by ${real.source}`, async () => {
    const { url, stop } = await real.start()
    return openAt(url, stop)
  })
}
