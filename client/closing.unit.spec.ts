import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { closeCodes } from '../events/wire/close-codes.js'
import { problem } from '../events/wire/problems.js'
import { gatewayHarness, message } from '../test/support/scripted-gateway/harness.js'
import { until } from '../test/support/until.js'
import { ClientStopped, type ClientState } from './index.js'

const { gateway, begin, live } = gatewayHarness()
const conversation = uuidv7()

const recorded = async () => {
  const states: Array<ClientState> = []
  let tokens = 0
  const client = await live({
    token: () => Promise.resolve(`token ${(tokens += 1)}`),
    handlers: { onState: (state) => { states.push(state) } },
  })
  return { client, states, tokens: () => tokens }
}

describe('close codes', () => {
  for (const [name, { code, then }] of Object.entries(closeCodes)) {
    if (then === 'stop') {
      it(`${code} ${name}: stays away; what waits and what comes later is refused`, async () => {
        const { client, states } = await recorded()
        gateway().script.inbound = (frame) => (frame.type === 'command' ? 'swallow' : 'pass')
        const waiting = client.command(conversation, message('x'))
        gateway().closeAll(code)
        await expect(waiting).rejects.toBeInstanceOf(ClientStopped)
        await expect(client.live()).rejects.toBeInstanceOf(ClientStopped)
        await expect(client.markRead(conversation, 0)).rejects.toBeInstanceOf(ClientStopped)
        expect([states.at(-1), gateway().hellos.length]).toEqual(['stopped', 1])
      })
    } else {
      it(`${code} ${name}: comes back with its sync token${then === 'sign-in' ? ' and a fresh access token' : ''}`, async () => {
        const { client, states, tokens } = await recorded()
        gateway().closeAll(code)
        await until(() => states.includes('waiting'))
        await client.live()
        expect(states).toEqual(['connecting', 'catching-up', 'live', 'waiting', 'connecting', 'catching-up', 'live'])
        expect(gateway().hellos.map(({ token, sync }) => [token, sync])).toEqual([['token 1', undefined], ['token 2', 'after-0']])
        expect(tokens()).toBe(2)
      })
    }
  }

  it('access tokens that are refused time after time end in a stop that says why', async () => {
    gateway().script.greet = (_hello, send, close) => {
      send({ type: 'error', problem: problem('unauthenticated') })
      close(closeCodes.unauthenticated.code)
      return true
    }
    const client = begin({ limits: { tokensRefused: 3 } })
    await expect(client.live()).rejects.toThrow('No valid access token')
    expect(gateway().hellos.length).toBe(3)
  })

  it('a token that cannot be had is a failure of the network', async () => {
    let tries = 0
    await live({ token: () => ((tries += 1) < 3 ? Promise.reject(new Error('away')) : Promise.resolve('token')) })
    expect(tries).toBe(3)
  })
})

describe('being sent away', () => {
  it('comes back no earlier than asked, with the token that was given', async () => {
    const { client, states } = await recorded()
    const asked = performance.now()
    gateway().say({ type: 'reconnect', afterMs: 60, sync: 'after-0' })
    await until(() => states.includes('waiting'))
    await client.live()
    expect(performance.now() - asked).toBeGreaterThanOrEqual(59)
    expect(gateway().received.map(({ type }) => type)).toEqual(['hello', 'bye', 'hello'])
  })

  it('hears the answers that are on their way before it goes', async () => {
    const { client } = await recorded()
    gateway().script.outbound = (frame) => (frame.type === 'ack' ? 'swallow' : 'pass')
    const command = { request: 0 }
    gateway().script.inbound = (frame) => {
      if (frame.type === 'command') command.request = frame.request
      return 'pass'
    }
    const first = client.command(conversation, message('x'))
    await until(() => gateway().log.events.length === 1)
    gateway().say({ type: 'reconnect', afterMs: 1, sync: 'after-1' })
    gateway().script.outbound = () => 'pass'
    gateway().say({ type: 'ack', request: command.request, ack: { sequence: 0, recordedAt: 7, mentions: [] } })
    expect((await first).recordedAt).toBe(7)
    await client.command(conversation, message('y'))
    expect(gateway().received.filter(({ type }) => type !== 'command').map(({ type }) => type)).toEqual(['hello', 'bye', 'hello'])
    expect(gateway().log.events).toHaveLength(2)
  })

  it('a gateway that closes before it answered is come back to no earlier than it asked', async () => {
    const { client, states } = await recorded()
    gateway().script.inbound = (frame) => (frame.type === 'command' ? 'swallow' : 'pass')
    const waiting = client.command(conversation, message('x'))
    await until(() => gateway().received.length === 1 && states.includes('live'))
    const asked = performance.now()
    gateway().say({ type: 'reconnect', afterMs: 60, sync: 'after-0' })
    gateway().closeAll(closeCodes.goingAway.code)
    gateway().script.inbound = () => 'pass'
    await waiting
    expect(performance.now() - asked).toBeGreaterThanOrEqual(59)
  })
})

describe('heartbeat', () => {
  it('answers a ping', async () => {
    await live()
    gateway().say({ type: 'ping' })
    await until(() => gateway().received.some(({ type }) => type === 'pong'))
  })

  it('X23: asks when it is quiet, and a gateway that answers stays', async () => {
    gateway().script.heartbeatMs = 1
    const { states } = await recorded()
    await until(() => gateway().received.filter(({ type }) => type === 'ping').length >= 2)
    expect(states).toEqual(['connecting', 'catching-up', 'live'])
  })

  it('X23: silence is a dead socket: it comes back', async () => {
    gateway().script.deadAfterMs = 500
    gateway().script.heartbeatMs = 1
    gateway().script.outbound = (frame) => {
      if (frame.type !== 'pong') return 'pass'
      gateway().script.deadAfterMs = 75_000
      return gateway().hellos.length === 1 ? 'swallow' : 'pass'
    }
    const { client, states } = await recorded()
    await until(() => states.includes('waiting'))
    await client.live()
    expect(gateway().hellos.length).toBe(2)
  })

  it('a gateway that never welcomes is given up', async () => {
    gateway().script.greet = () => gateway().hellos.length === 1
    await live({ limits: { connectWithinMs: 500 } })
    expect(gateway().hellos.length).toBeGreaterThanOrEqual(2)
  })
})

describe('frames that are not as documented', () => {
  it('a frame of a later protocol is passed over, also with more fields', async () => {
    const { states } = await recorded()
    gateway().say({ type: 'applause' } as never)
    gateway().say({ type: 'sync', sync: 'after-0', loud: true } as never)
    gateway().say({ type: 'ping' })
    await until(() => gateway().received.some(({ type }) => type === 'pong'))
    expect(states).toEqual(['connecting', 'catching-up', 'live'])
  })

  it('nonsense ends the session, which comes back', async () => {
    const { client, states } = await recorded()
    gateway().say({ type: 'event', event: { conversation } } as never)
    await until(() => states.includes('waiting'))
    await client.live()
  })
})

describe('closing', () => {
  it('says goodbye, rejects what is queued, and is idempotent', async () => {
    const { client, states } = await recorded()
    gateway().script.inbound = (frame) => (frame.type === 'command' ? 'swallow' : 'pass')
    const waiting = client.command(conversation, message('x'))
    const rejected = expect(waiting).rejects.toThrow('closed')
    await Promise.all([client.close(), client.close()])
    await rejected
    expect([states.at(-1), gateway().received.at(-1)?.type]).toEqual(['stopped', 'bye'])
  })

  it('before it was connected', async () => {
    const client = begin()
    await client.close()
    await expect(client.live()).rejects.toBeInstanceOf(ClientStopped)
    expect(gateway().hellos).toEqual([])
  })
})
