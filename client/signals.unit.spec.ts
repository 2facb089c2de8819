import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { ClientFrame, ServerFrame } from '../events/wire/frames.js'
import { gatewayHarness, message, numerals } from '../test/support/scripted-gateway/harness.js'
import { until } from '../test/support/until.js'
import { ClientStopped } from './index.js'

const { gateway, heard, live } = gatewayHarness()
const [conversation, somebody] = [uuidv7(), uuidv7()]

const received = <T extends ClientFrame['type']>(type: T) =>
  gateway().received.filter((frame): frame is Extract<ClientFrame, { readonly type: T }> => frame.type === type)
const deliver = (text: string, device = uuidv7()) =>
  { gateway().publish(conversation, { type: 'MessageSent', data: { messageId: uuidv7() }, actor: somebody, device, content: { text } }) }

describe('signals of the client', () => {
  it('typing: told at once, and again after a while only, in each conversation by itself', async () => {
    let time = 0
    const client = await live({ now: () => time })
    for (let call = 0; call < 100; call += 1) client.setTyping(conversation)
    client.setTyping(somebody)
    time = 2_999
    client.setTyping(conversation)
    time = 3_000
    client.setTyping(conversation)
    await until(() => received('typing').length >= 3)
    expect(received('typing').map((frame) => frame.conversation)).toEqual([conversation, somebody, conversation])
  })

  it('deliveries: the furthest message of others in a while, none of one\'s own', async () => {
    const device = uuidv7()
    const client = await live({ device, limits: { deliveredEveryMs: 30 } })
    await client.command(conversation, message('mine'))
    for (const text of numerals(50)) deliver(text)
    await until(() => received('delivered').length > 0 && heard().length === 51)
    await until(() => received('delivered').at(-1)?.through === 50)
    expect(received('delivered').length).toBeLessThan(10)
  })

  it('deliveries that were not told yet when the socket went are told by the next session', async () => {
    const client = await live({ limits: { deliveredEveryMs: 100 } })
    deliver('one')
    await until(() => heard().length === 1)
    client.drop()
    await until(() => received('delivered').length === 1)
    expect(gateway().received.map(({ type }) => type)).toEqual(['hello', 'hello', 'delivered'])
  })

  it('presence is watched again by each session; the last call counts', async () => {
    const client = await live()
    client.watchPresence([somebody])
    client.watchPresence([somebody, conversation, somebody])
    client.drop()
    await until(() => received('watch').length === 3)
    expect(received('watch').map(({ accounts }) => accounts)).toEqual([[somebody], [somebody, conversation], [somebody, conversation]])
  })

  it('what the gateway tells reaches the application', async () => {
    const told: unknown[] = []
    await live({ handlers: { onTyping: (one) => told.push(one), onDelivered: (one) => told.push(one), onPresence: (one) => told.push(one) } })
    const frames: ReadonlyArray<ServerFrame> = [
      { type: 'typing', conversation, userId: somebody }, { type: 'delivered', conversation, members: [{ userId: somebody, through: 3 }] },
      { type: 'presence', userId: somebody, online: true }, { type: 'presence', userId: somebody, online: false, lastSeenAt: 5 },
    ]
    for (const frame of frames) gateway().say(frame)
    await until(() => told.length === 4)
    expect(told).toEqual([
      { conversation, userId: somebody }, { conversation, userId: somebody, through: 3 },
      { userId: somebody, online: true, lastSeenAt: undefined }, { userId: somebody, online: false, lastSeenAt: 5 },
    ])
  })

  it('mute: in the order of the calls, sent again when the socket is cut, refused when the client stops', async () => {
    let cuts = 0
    const client = await live()
    gateway().script.inbound = (frame) => (frame.type === 'mute' && (cuts += 1) === 1 ? 'cut' : 'pass')
    await Promise.all([client.mute(conversation, true), client.mute(conversation, false)])
    expect(received('mute').map(({ muted }) => muted)).toEqual([true, false])
    gateway().script.inbound = () => 'swallow'
    const waiting = expect(client.mute(conversation, true)).rejects.toBeInstanceOf(ClientStopped)
    await client.close()
    await waiting
  })
})
