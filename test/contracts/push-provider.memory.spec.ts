import { memoryPushProvider, type WaitingPushes } from '../../adapters/memory/push-provider.js'
import type { PushFailure } from '../../gateway/ports.js'
import { pushProviderContract, type Manner } from './push-provider/index.js'

const failures: Partial<Record<Manner, PushFailure>> = {
  'refuses it': { _tag: 'PushRefused', reason: 'refused' },
  'is overloaded': { _tag: 'PushUnavailable', retryAfterMs: 7_000, reason: 'overloaded' },
}

pushProviderContract('memory', async () => {
  const [waiting, manners]: [WaitingPushes, Map<string, Manner>] = [new Map(), new Map()]
  return {
    provider: memoryPushProvider(waiting, (endpoint) => failures[manners.get(endpoint) ?? 'takes it']),
    subscribe: async (manner) => {
      const endpoint = `https://push.example/${manners.size}`
      manners.set(endpoint, manner)
      if (manner !== 'has forgotten the browser') waiting.set(endpoint, new Map())
      return { subscription: { endpoint, keys: { p256dh: '', auth: '' } }, waiting: () => [...(waiting.get(endpoint)?.values() ?? [])] }
    },
    close: async () => undefined,
  }
})
