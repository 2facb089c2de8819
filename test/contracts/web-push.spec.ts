import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import webPush from 'web-push'
import { memoryPushStore } from '../../adapters/memory/push-store.js'
import { isPushEndpoint, webPushProvider } from '../../adapters/web-push/push-provider.js'
import type { Caller } from '../../command-side/index.js'
import { pushRoutes, startPusher, type Pusher } from '../../gateway/index.js'
import { pushLimits } from '../../gateway/limits.js'
import { aGroup, aMember, answer, codeOf, message, numbered } from '../support/command-side.js'
import { gatewayStack, type GatewayStack } from '../support/gateway-stack.js'
import { startPushService } from '../support/push-service.js'
import { until } from '../support/until.js'

const vapid = { subject: 'mailto:operator@example.org', ...webPush.generateVAPIDKeys() }
type Service = Awaited<ReturnType<typeof startPushService>>
type Browser = ReturnType<Service['subscribe']>

describe('Web Push, from the log to a browser over HTTPS', () => {
  let [stack, service]: [GatewayStack | undefined, Service | undefined] = [undefined, undefined]
  const [store, outcomes, taken] = [memoryPushStore(), new Array<string>(), new Map<number, string>()]
  let [pusher, ahead, stop]: [Pusher | undefined, number, () => Promise<void>] = [undefined, 0, () => Promise.resolve()]
  const clock = () => Date.now() + ahead
  const parts = () => {
    if (stack === undefined || service === undefined || pusher === undefined) throw new Error('it did not open')
    return { stack, service, pusher }
  }

  beforeAll(async () => {
    stack = await gatewayStack()
    service = await startPushService()
    const { feed, readSide, partitions } = stack
    const provider = webPushProvider({ vapid, hosts: [service.host], agent: service.agent })
    const started = startPusher({ store, provider, readSide, partitions, clock, onOutcome: (outcome) => { outcomes.push(outcome) }, onDefect: (error) => { outcomes.push(String(error)) } })
    const ended = new AbortController()
    const handle: typeof started.take = async (batch) => {
      await started.take(batch)
      taken.set(batch.partition, batch.through)
    }
    const consuming = feed.consume({ group: 'push', resumeAfter: started.resumeAfter, handle, maxEvents: 100, signal: ended.signal })
    pusher = started
    stop = async () => {
      ended.abort()
      await consuming
      await started.stop()
    }
  })
  afterAll(async () => {
    await stop()
    await service?.close()
    await stack?.close()
  })

  const route = (operationId: string) => {
    const found = pushRoutes({ store, commandSide: parts().stack.commandSide, publicKey: vapid.publicKey, mayCall: isPushEndpoint([parts().service.host]), clock })
      .find((one) => one.operationId === operationId)
    if (found === undefined) throw new Error(`no route ${operationId}`)
    return (caller: Caller, body?: unknown) => found.handle({ caller, body, params: {}, query: {}, address: '127.0.0.1' })()
  }
  const subscribed = async (caller: Caller, status = 201): Promise<Browser> => {
    const browser = parts().service.subscribe(status)
    expect(await route('subscribePush')(caller, browser.subscription)).toMatchObject(E.right({ status: 204 }))
    return browser
  }
  const wholeLogTaken = async ({ position = '' }: { readonly position?: string }) => {
    await until(() => taken.size === parts().stack.partitions && [...taken.values()].every((through) => through >= position))
  }
  /** Two in a group; the reader's past is taken before it subscribes. */
  const people = async () => {
    const side = parts().stack.commandSide
    const [sender, reader] = [await aMember(side), await aMember(side)]
    const conversation = await aGroup(side, sender, reader)
    const tell = numbered(side, sender, conversation, 2)
    await wholeLogTaken(await tell(message('hello')))
    return { sender, reader, conversation, mention: (text: string) => tell(message(`${text} @${reader.handle}`)) }
  }
  const outcomesOf = async (work: () => Promise<unknown>, count = 1): Promise<ReadonlyArray<string>> => {
    const from = outcomes.length
    await work()
    await until(() => outcomes.length >= from + count)
    return outcomes.slice(from)
  }

  it('M3: who is away is told, in each of its browsers, sealed for each; the sender is not', async () => {
    const { sender, reader, mention } = await people()
    const second = { account: reader.account, device: uuidv7() }
    await answer(parts().stack.commandSide.account(reader.account, { type: 'RegisterDevice', deviceId: second.device }))
    const [own, other, senders] = [await subscribed(reader), await subscribed(second), await subscribed(sender)]
    expect(await outcomesOf(() => mention('psst'), 2)).toEqual(['Pushed', 'Pushed'])
    for (const browser of [own, other]) {
      const told = browser.waiting().find(({ type }) => type === 'mention')
      expect(told).toMatchObject({ account: reader.account, mentioned_by: sender.account, message_preview: `psst @${reader.handle}`, read: false })
    }
    expect(senders.waiting()).toEqual([])
  })

  it('X3: of an end-to-end encrypted message no content leaves', async () => {
    const side = parts().stack.commandSide
    const [sender, reader, conversation] = [await aMember(side), await aMember(side), uuidv7()]
    const tell = numbered(side, sender, conversation)
    await wholeLogTaken(await tell({ type: 'CreateConversation', kind: 'group', encryption: 'e2ee', history: 'sinceJoin', members: [reader.account] }))
    const browser = await subscribed(reader)
    const ciphertext = Buffer.from('sealed by the client').toString('base64url')
    const { sequence } = await answer(side.conversation(sender, conversation, 2, { type: 'SendMessage', messageId: uuidv7(), content: { ciphertext }, mentions: [reader.handle] }))
    await until(() => browser.waiting().length === 1)
    expect(browser.waiting()).toMatchObject([{ type: 'mention', conversation_id: conversation, sequence, mentioned_by: sender.account }])
    expect(JSON.stringify(browser.waiting())).not.toMatch(/preview|ciphertext|sealed/)
  })

  it('M5: what the account silenced, muted or blocked is withheld', async () => {
    const { sender, reader, conversation, mention } = await people()
    const { commandSide } = parts().stack
    const browser = await subscribed(reader)
    const set = (enabled: boolean) => answer(commandSide.account(reader.account, { type: 'SetNotifications', kind: 'mention', enabled }))
    await set(false)
    expect(await outcomesOf(() => mention('silenced'))).toEqual(['Withheld'])
    await set(true)
    const mute = (muted: boolean) => answer(commandSide.muteConversation(reader, conversation, { type: 'MuteConversation', muted }))
    await mute(true)
    expect(await outcomesOf(() => mention('muted'))).toEqual(['Withheld'])
    await mute(false)
    expect(await outcomesOf(() => mention('heard'))).toEqual(['Pushed'])
    await answer(commandSide.account(reader.account, { type: 'Block', userId: sender.account }))
    const blocked = await mention('blocked')
    await wholeLogTaken(blocked)
    const { mention: sentinel, reader: other } = await people()
    await subscribed(other)
    await outcomesOf(() => sentinel('after it'))
    expect(browser.waiting().map(({ message_preview }) => message_preview)).toEqual([`heard @${reader.handle}`])
  })

  it('a browser that is gone is forgotten; a service that is away is tried again, later each time, for a day', async () => {
    const [gone, away] = [await people(), await people()]
    await subscribed(gone.reader, 410)
    expect(await outcomesOf(() => gone.mention('gone'))).toEqual(['SubscriptionGone'])
    await gone.mention('nobody there')
    await subscribed(away.reader, 503)
    const tried = await outcomesOf(() => away.mention('away'))
    expect(tried).toEqual(['PushUnavailable'])
    for (const later of [7_000, 7_000, 7_000, 8_000, 16_000]) {
      const [before] = [outcomes.length]
      ahead += later - 500
      expect(await store.claim({ now: clock(), until: clock(), limit: 1 })()).toEqual(E.right([]))
      ahead += 1_000
      await until(() => outcomes.length > before)
      expect(outcomes.at(-1)).toBe('PushUnavailable')
    }
    const before = outcomes.length
    ahead += pushLimits.lifetimeMs
    await until(() => outcomes.length > before)
    expect(outcomes.at(-1)).toBe('TooOld')
    ahead = 0
  })

  it('E9: a revoked device is pushed to no more and subscribes no more', async () => {
    const { reader, mention } = await people()
    const { commandSide } = parts().stack
    const browser = await subscribed(reader)
    await outcomesOf(() => mention('before'))
    await answer(commandSide.account(reader.account, { type: 'RevokeDevice', deviceId: reader.device }))
    await mention('after')
    const refused = await route('subscribePush')(reader, browser.subscription)
    expect(E.isLeft(refused) && codeOf(refused.left)).toBe('device-unknown')
    const { mention: sentinel, reader: other } = await people()
    await subscribed(other)
    await outcomesOf(() => sentinel('everything before it was taken, in its partition'))
    expect(browser.waiting().map(({ message_preview }) => message_preview)).not.toContain('after')
  })

  it('a server is never made to call whom a client names: only https, only push services', async () => {
    const caller = await aMember(parts().stack.commandSide)
    const { keys } = parts().service.subscribe(201).subscription
    for (const endpoint of ['http://127.0.0.1/x', 'https://169.254.169.254/latest', 'https://10.0.0.1', `https://evil.${'x'.repeat(30)}.example`, 'file:///etc/passwd', 'nonsense']) {
      const refused = await route('subscribePush')(caller, { endpoint, keys })
      expect(E.isLeft(refused) && codeOf(refused.left)).toBe('malformed')
    }
    expect(await route('unsubscribePush')(caller)).toMatchObject(E.right({ status: 204 }))
    expect(await route('pushKey')(caller)).toEqual(E.right({ status: 200, body: { publicKey: vapid.publicKey } }))
  })
})
