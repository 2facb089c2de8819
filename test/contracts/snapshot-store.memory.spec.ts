import { memorySnapshotStore } from '../../adapters/memory/snapshot-store.js'
import type { Snapshot } from '../../command-side/ports.js'
import { snapshotStoreContract } from './snapshot-store/index.js'

snapshotStoreContract('memory', async () => {
  const kept = new Map<string, Snapshot>()
  return { store: memorySnapshotStore(kept), another: () => memorySnapshotStore(kept), close: async () => undefined }
})
