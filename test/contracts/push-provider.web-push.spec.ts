import * as E from 'fp-ts/lib/Either.js'
import webPush from 'web-push'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webPushProvider } from '../../adapters/web-push/push-provider.js'
import { startPushService } from '../support/push-service.js'
import { mention, pushProviderContract, type Manner } from './push-provider/index.js'

const statuses: Record<Manner, number> = { 'takes it': 201, 'is overloaded': 503, 'refuses it': 400, 'has forgotten the browser': 410 }
const vapid = { subject: 'mailto:operator@example.org', ...webPush.generateVAPIDKeys() }

pushProviderContract('Web Push', async () => {
  const service = await startPushService()
  return {
    provider: webPushProvider({ vapid, hosts: [service.host], agent: service.agent }),
    subscribe: async (manner) => service.subscribe(statuses[manner]),
    close: service.close,
  }
})

describe('Web Push beyond the contract', () => {
  let service: Awaited<ReturnType<typeof startPushService>>
  beforeAll(async () => { service = await startPushService() })
  afterAll(() => service.close())
  const provider = () => webPushProvider({ vapid, hosts: [service.host, 'push.example'], agent: service.agent })

  it('only push services are called: no other host, no other scheme, no address within', async () => {
    const { keys } = service.subscribe(201).subscription
    for (const endpoint of ['https://169.254.169.254/latest', 'http://push.example/1', 'https://push.example.evil.example/1', 'https://evilpush.example/1', 'https://x@127.0.0.1/', 'nonsense']) {
      expect(await provider().push({ endpoint, keys }, mention())()).toMatchObject(E.left({ _tag: 'PushRefused' }))
    }
  })

  it('keys that are none are refused before anything is sent', async () => {
    const { subscription: { endpoint } } = service.subscribe(201)
    for (const keys of [{ p256dh: 'x', auth: 'y' }, { p256dh: Buffer.alloc(65, 4).toString('base64url'), auth: Buffer.alloc(16).toString('base64url') }]) {
      expect(await provider().push({ endpoint, keys }, mention())()).toMatchObject(E.left({ _tag: 'PushRefused' }))
    }
  })

  it('a service that cannot be reached is away', async () => {
    const gone = await startPushService()
    const { subscription } = gone.subscribe(201)
    await gone.close()
    expect(await webPushProvider({ vapid, hosts: [gone.host] }).push(subscription, mention())()).toMatchObject(E.left({ _tag: 'PushUnavailable' }))
  })

  it('VAPID keys that are none are a defect at the start', () => {
    expect(() => webPushProvider({ vapid: { ...vapid, publicKey: 'x' }, hosts: [] })).toThrow()
  })
})
