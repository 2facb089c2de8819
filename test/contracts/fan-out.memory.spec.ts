import { memoryFanOut } from '../../adapters/memory/fan-out.js'
import { fanOutContract } from './fan-out/index.js'

fanOutContract('memory', async () => {
  const fanOut = memoryFanOut()
  return { announcer: fanOut, gateways: [fanOut, fanOut], partitions: 4, close: async () => undefined }
})
