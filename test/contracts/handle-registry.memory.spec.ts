import { memoryHandleRegistry } from '../../adapters/memory/handle-registry.js'
import { handleRegistryContract } from './handle-registry/index.js'

handleRegistryContract('memory', async () => {
  const claims = new Map<string, string>()
  return { registry: memoryHandleRegistry(claims), another: () => memoryHandleRegistry(claims), close: async () => undefined }
})
