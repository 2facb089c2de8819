import { memorySignals } from '../../adapters/memory/signals.js'
import { signalsContract } from './signals/index.js'

signalsContract('memory', async () => {
  const signals = memorySignals()
  return { gateways: [signals, signals], close: async () => undefined }
})
