import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { DeliveredEvent } from '../events/wire/answers.js'
import type { ServerFrame } from '../events/wire/frames.js'
import { gatewayHarness, numerals, texts } from '../test/support/scripted-gateway/harness.js'
import { until } from '../test/support/until.js'
import type { ClientState, SocketConstructor, Tampering } from './index.js'

const { gateway, heard, live } = gatewayHarness()
const conversation = uuidv7()
const other = uuidv7()
const say = (text: string, to = conversation) => { gateway().publish(to, { type: 'MessageSent', data: {}, content: { text } }) }
const sequences = (of = conversation) => heard().flatMap((event) => (event.conversation === of ? [event.sequence] : []))

describe('resuming', () => {
  it('Q5: missed history, then caught up, then live', async () => {
    const client = await live()
    say('a')
    await until(() => heard().length === 1)
    const states: Array<ClientState | string> = []
    client.drop()
    say('missed')
    await client.live().then(() => states.push(...texts(heard(), conversation)))
    say('b')
    await until(() => heard().length === 3)
    expect([states, texts(heard(), conversation)]).toEqual([['a', 'missed'], ['a', 'missed', 'b']])
  })

  it('Q5: cut at every frame of a delivery: nothing lost, doubled or reordered', async () => {
    const frames = 24
    for (let at = 1; at <= frames; at += 1) {
      const name = uuidv7()
      const client = await live()
      let sent = 0
      gateway().script.outbound = (frame) => (frame.type === 'ping' || (sent += 1) !== at ? 'pass' : at % 2 === 0 ? 'cut' : 'pass-cut')
      const before = heard().length
      numerals(10).forEach((text) => { say(text, name) })
      await until(() => heard().length >= before + 10)
      await client.live()
      expect(texts(heard(), name)).toEqual(numerals(10))
      gateway().script.outbound = () => 'pass'
      await client.close()
    }
  })

  it('only tokens that were received are presented, the last one', async () => {
    const tokens: Array<string> = []
    const client = await live({ onSync: (token) => { tokens.push(token) } })
    say('a')
    await until(() => tokens.length === 2)
    client.drop()
    await client.live()
    expect(gateway().hellos.map(({ sync }) => sync)).toEqual([undefined, tokens[1]])
  })

  it('starts from a token that was kept', async () => {
    say('a')
    say('b')
    await live({ sync: 'after-1' })
    expect(texts(heard(), conversation)).toEqual(['b'])
  })

  it('on a socket of the caller’s own choice', async () => {
    const urls: Array<string> = []
    const webSocket = class extends WebSocket {
      constructor(url: string) {
        super(url)
        urls.push(url)
      }
    } as unknown as SocketConstructor
    const client = await live({ webSocket })
    client.drop()
    await client.live()
    expect(urls).toEqual([gateway().url, gateway().url])
  })

  it('events that come again are dropped', async () => {
    await live()
    numerals(3).forEach((text) => { say(text) })
    gateway().log.events.forEach((event) => { gateway().say({ type: 'event', event }) })
    say('after')
    await until(() => texts(heard(), conversation).includes('after'))
    expect(sequences()).toEqual([0, 1, 2, 3])
  })

  it('a resync is told; what follows may jump, what was delivered never comes again', async () => {
    const reasons: Array<string> = []
    await live({ handlers: { onResync: (reason) => { reasons.push(reason) } } })
    say('0')
    gateway().log.append(conversation, { type: 'MessagePinned', data: {} })
    gateway().say({ type: 'resync', reason: 'the token is too old' })
    gateway().log.events.slice(0, 1).forEach((event) => { gateway().say({ type: 'event', event }) })
    say('2')
    await until(() => heard().length === 2)
    expect([reasons, sequences(), gateway().hellos.length]).toEqual([['the token is too old'], [0, 2], 1])
  })
})

describe('gaps', () => {
  /** Loses the event of this sequence so many times. */
  const losing = (sequence: number, times: number) => {
    let lost = 0
    gateway().script.outbound = (frame: ServerFrame) =>
      frame.type === 'event' && frame.event.sequence === sequence && (lost += 1) <= times ? 'swallow' : 'pass'
    return () => lost
  }
  const withoutSync = () => {
    const lose = gateway().script.outbound
    gateway().script.outbound = (frame) => (frame.type === 'sync' ? 'swallow' : lose(frame))
  }

  it('a missing event is fetched by resuming, and nothing after it is delivered before', async () => {
    const client = await live()
    losing(1, 2)
    withoutSync()
    numerals(4).forEach((text) => { say(text) })
    await until(() => heard().length === 4)
    await client.live()
    expect([sequences(), gateway().hellos.length]).toEqual([[0, 1, 2, 3], 3])
  })

  it('a gap that the gateway cannot fill is told after bounded tries, and the session goes on', async () => {
    const reasons: Array<string> = []
    const client = await live({ handlers: { onResync: (reason) => { reasons.push(reason) } } })
    losing(1, Number.POSITIVE_INFINITY)
    withoutSync()
    numerals(4).forEach((text) => { say(text) })
    await until(() => heard().length === 3)
    await client.live()
    expect([sequences(), gateway().hellos.length]).toEqual([[0, 2, 3], 4])
    expect(reasons).toEqual([`events 1 to 1 of ${conversation} did not come`])
  })

  it('between two stays of a member nothing is missing', async () => {
    await live()
    const userId = gateway().account
    gateway().publish(conversation, { type: 'MemberRemoved', data: { userId } })
    for (const text of numerals(3)) gateway().log.append(conversation, { type: 'MessageSent', data: {}, content: { text } })
    gateway().publish(conversation, { type: 'MemberAdded', data: { userId, role: 'member' } })
    say('after')
    await until(() => texts(heard(), conversation).includes('after'))
    expect([sequences(), gateway().hellos.length]).toEqual([[0, 4, 5], 1])
  })

  it("somebody else's stays explain no gap", async () => {
    const client = await live()
    await client.command(conversation, { type: 'PinMessage', target: 0 })
    gateway().publish(conversation, { type: 'MemberRemoved', data: { userId: other } })
    withoutSync()
    gateway().log.append(conversation, { type: 'MessagePinned', data: {} })
    gateway().publish(conversation, { type: 'MemberAdded', data: { userId: other, role: 'member' } })
    await until(() => heard().length === 4)
    expect(sequences()).toEqual([0, 1, 2, 3])
  })
})

describe('verification', () => {
  const tampered = async (alter: (event: DeliveredEvent) => DeliveredEvent): Promise<ReadonlyArray<readonly [number, Tampering]>> => {
    const found: Array<readonly [number, Tampering]> = []
    await live({ handlers: { onTampered: (event, tampering) => { found.push([event.sequence, tampering]) } } })
    numerals(3).forEach((text) => { gateway().log.append(conversation, { type: 'MessageSent', data: { unit: other }, content: { text } }) })
    gateway().log.events.forEach((event, index) => { gateway().say({ type: 'event', event: index === 1 ? alter(event) : event }) })
    await until(() => heard().length === 3)
    return found
  }

  it('A3: genuine events pass', async () => expect(await tampered((event) => event)).toEqual([]))

  it('A3: another content is noticed', async () =>
    expect(await tampered((event) => ({ ...event, content: { text: 'forged' } }))).toEqual([[1, 'content']]))

  it('A3: other data are noticed by the next event', async () =>
    expect(await tampered((event) => ({ ...event, data: { ...event.data, unit: conversation } }))).toEqual([[2, 'chain']]))

  it('A3: another sender is noticed by the next event', async () =>
    expect(await tampered((event) => ({ ...event, metadata: { ...event.metadata, actor: other } }))).toEqual([[2, 'chain']]))

  it('A3: another link is noticed at once', async () =>
    expect(await tampered((event) => ({ ...event, metadata: { ...event.metadata, previous: 'x'.repeat(43) } }))).toEqual([[1, 'chain'], [2, 'chain']]))

  it('a forgotten content claims nothing', async () => {
    const forgotten = ({ content: _content, salt: _salt, ...event }: DeliveredEvent): DeliveredEvent => ({ ...event, erased: true })
    expect(await tampered(forgotten)).toEqual([])
  })
})

it('read markers of others are heard', async () => {
  const reads: Array<unknown> = []
  await live({ handlers: { onRead: (read) => { reads.push(read) } } })
  gateway().say({ type: 'read', conversation, members: [{ userId: other, through: 4 }] })
  await until(() => reads.length === 1)
  expect(reads).toEqual([{ conversation, userId: other, through: 4 }])
})

