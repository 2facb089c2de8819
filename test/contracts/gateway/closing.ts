import { describe, expect, it } from 'vitest'
import { uuidv7 } from 'uuidv7'
import { memorySocketServer } from '../../../adapters/memory/socket-server.js'
import { closeCodes } from '../../../events/wire/close-codes.js'
import { aGroup, aMember, answer, message, numbered } from '../../support/command-side.js'
import { tokenFor, type GatewayStack } from '../../support/gateway-stack.js'
import { until } from '../../support/until.js'
import { deviceOf, expectSequences, lineOver, projected, range } from './device.js'

const heavy = 'x'.repeat(30_000)

export const closing = (subject: () => GatewayStack): void => {
  const open = async (authorization?: string) => lineOver(await subject().sockets.connect(authorization === undefined ? {} : { authorization }))
  const greeted = async (bearer?: string) => {
    const caller = await aMember(subject().commandSide)
    const line = await open(`Bearer ${bearer ?? tokenFor(caller.account)}`)
    line.say({ type: 'hello', device: caller.device })
    return { caller, line }
  }

  describe('who may enter', () => {
    it('E9: a bearer in the upgrade, in a subprotocol or in hello opens a session; none, an unknown or a used-up one does not', async () => {
      const { account, device } = await aMember(subject().commandSide)
      for (const [authorization, protocols, token] of [
        [`Bearer ${tokenFor(account)}`, [], undefined], [undefined, [`tidings.bearer.${tokenFor(account)}`], undefined], [undefined, [], tokenFor(account)],
      ] as const) {
        const line = lineOver(await subject().sockets.connect({ protocols, ...(authorization === undefined ? {} : { authorization }) }))
        line.say({ type: 'hello', device, ...(token === undefined ? {} : { token }) })
        await line.caughtUp()
        line.say({ type: 'bye' })
        expect(await line.client.closed).toBe(closeCodes.goingAway.code)
      }
      for (const [token, reason] of [[undefined, 'unauthenticated'], ['nonsense', 'unauthenticated'], [tokenFor(account, Date.now() - 1), 'tokenExpired']] as const) {
        const line = await open()
        line.say({ type: 'hello', device, ...(token === undefined ? {} : { token }) })
        expect(await line.client.closed).toBe(closeCodes[reason].code)
        expect(line.frames.map(({ type }) => type)).toEqual(['error'])
      }
    })

    it('a device that is not registered, or another account\'s, does not enter', async () => {
      const [one, other] = [await aMember(subject().commandSide), await aMember(subject().commandSide)]
      for (const device of [uuidv7(), other.device]) {
        const line = await open(`Bearer ${tokenFor(one.account)}`)
        line.say({ type: 'hello', device })
        expect(await line.client.closed).toBe(closeCodes.deviceRevoked.code)
        expect(line.ofType('error')[0]?.problem.type).toBe('urn:tidings:problem:device-unknown')
      }
    })

    it('whoever says no hello within 10 s is sent away', async () => {
      const line = await open()
      subject().ahead(10_001)
      expect(await line.client.closed).toBe(closeCodes.unauthenticated.code)
      subject().ahead(0)
    })

    it('an origin outside the list is refused', async () => {
      await expect(subject().sockets.connect({ origin: 'https://evil.example' })).rejects.toThrow('origin')
      await expect(subject().sockets.connect({ origin: 'https://app.example' })).resolves.toBeDefined()
    })
  })

  describe('how a session ends', () => {
    it('a newer session of the same device replaces it', async () => {
      const { caller, line } = await greeted()
      await line.caughtUp()
      const newer = deviceOf(subject().sockets, caller)
      await (await newer.open()).caughtUp()
      expect(await line.client.closed).toBe(closeCodes.replaced.code)
    })

    it('its token expires, or is revoked, or its device is: within five seconds', async () => {
      const { caller, line } = await greeted()
      const { line: second } = await greeted()
      await Promise.all([line.caughtUp(), second.caughtUp()])
      await answer(subject().commandSide.account(caller.account, { type: 'RevokeDevice', deviceId: caller.device }))
      expect(await line.client.closed).toBe(closeCodes.deviceRevoked.code)

      const third = await aMember(subject().commandSide)
      const line3 = await open(`Bearer ${tokenFor(third.account, Date.now() + 60_000, 'revoked-later')}`)
      line3.say({ type: 'hello', device: third.device })
      await line3.caughtUp()
      subject().revoked.add('revoked-later')
      expect(await line3.client.closed).toBe(closeCodes.tokenExpired.code)

      const fourth = await aMember(subject().commandSide)
      const line4 = await open(`Bearer ${tokenFor(fourth.account, Date.now() + 2_000)}`)
      line4.say({ type: 'hello', device: fourth.device })
      await line4.caughtUp()
      expect(await line4.client.closed).toBe(closeCodes.tokenExpired.code)
      expect(second.frames.at(-1)?.type).toBe('caught_up')
    })

    it('G5, X23: pinged every 30 s; without any frame for 75 s it is dead, with a pong it lives', async () => {
      const [{ line: alive }, dead] = [await greeted(), await aMember(subject().commandSide)]
      const silent = await subject().sockets.connect({ authorization: `Bearer ${tokenFor(dead.account)}` })
      silent.send(JSON.stringify({ type: 'hello', device: dead.device }))
      await until(() => silent.frames.some((text) => text.includes('caught_up')))
      subject().ahead(31_000)
      await until(() => alive.ofType('ping').length === 1 && silent.frames.some((text) => text === '{"type":"ping"}'))
      subject().ahead(76_000)
      expect(await silent.closed).toBe(closeCodes.heartbeatMissed.code)
      await until(() => alive.ofType('ping').length === 2)
      alive.say({ type: 'ping' })
      await until(() => alive.ofType('pong').length === 1)
      subject().ahead(0)
    })

    it('what is no frame, or too large, ends it; wrong fields are answered, sixteen times', async () => {
      const nested = `${'['.repeat(17)}${']'.repeat(17)}`
      for (const [text, reason] of [
        ['nonsense', 'protocolError'], ['[]', 'protocolError'], ['{"type":"dance"}', 'protocolError'], [`{"type":"ping","x":${nested}}`, 'protocolError'],
        ['{"type":"ping","__proto__":{}}', 'protocolError'], ['{"type":"constructor"}', 'protocolError'],
        [JSON.stringify({ type: 'ping', x: 'x'.repeat(66_000) }), 'frameTooLarge'], [JSON.stringify({ type: 'hello', device: uuidv7() }), 'protocolError'],
      ] as const) {
        const { line } = await greeted()
        await line.caughtUp()
        line.client.send(text)
        expect([text.slice(0, 20), await line.client.closed]).toEqual([text.slice(0, 20), closeCodes[reason].code])
        expect(line.frames.at(-1)?.type).toBe('error')
      }
      const { line } = await greeted()
      await line.caughtUp()
      line.say({ type: 'command', request: 3, conversation: 'x', counter: 0, command: { type: 'SendMessage', more: 1 } })
      line.say({ type: 'ping', more: 1 })
      await until(() => line.ofType('refused').length === 1 && line.ofType('error').length === 1)
      expect(line.ofType('refused')[0]?.request).toBe(3)
      for (const more of range(1, 15)) line.say({ type: 'ping', more })
      expect(await line.client.closed).toBe(closeCodes.protocolError.code)
    })

    it('more commands at once than a socket may have under way', async () => {
      const { line } = await greeted()
      await line.caughtUp()
      for (const n of range(1, 1_001)) line.say({ type: 'read', request: n, conversation: uuidv7(), through: 1 })
      expect(await line.client.closed).toBe(closeCodes.flooding.code)
    })
  })

  describe('G6: a reader that stalls', () => {
    it('is cut once more than 8 MiB wait for it, and resumes; the 99 others get everything meanwhile', async () => {
      const { commandSide, sockets, readSide } = subject()
      const creator = await aMember(commandSide)
      const others = await Promise.all(range(1, 100).map(() => aMember(commandSide)))
      const conversation = await aGroup(commandSide, creator, ...others)
      await projected(readSide, creator, conversation, 101)
      const devices = others.map((caller) => deviceOf(sockets, caller))
      const lines = await Promise.all(devices.map((device) => device.open()))
      await Promise.all(lines.map((line) => line.caughtUp()))
      const [stalled, slow] = [lines[0], devices[0]]
      if (stalled === undefined || slow === undefined) throw new Error('a hundred lines')
      stalled.client.stall()
      const send = numbered(commandSide, creator, conversation, 2)
      for (const n of range(1, 300)) await send(message(`${n} ${heavy}`))
      expect(await stalled.client.closed).toBe(closeCodes.slowConsumer.code)
      for (const device of devices.slice(1)) await expectSequences(device, conversation, range(102, 401))
      for (const line of lines.slice(1)) expect(line.frames.filter(({ type }) => type === 'resync')).toEqual([])
      await slow.open()
      await expectSequences(slow, conversation, range(102, 401))
    })

    it('stalls while it catches up: its history waits in the store, not in memory', async () => {
      const { commandSide, sockets, readSide } = subject()
      const [creator, reader] = [await aMember(commandSide), await aMember(commandSide)]
      const conversation = await aGroup(commandSide, creator, reader)
      await projected(readSide, creator, conversation, 2)
      const device = deviceOf(sockets, reader)
      const first = await device.open()
      await first.caughtUp()
      first.client.cut()
      const send = numbered(commandSide, creator, conversation, 2)
      for (const n of range(1, 400)) await send(message(`${n} ${heavy}`))
      const line = await device.open({ onFrame: (frame, self) => { if (frame.type === 'welcome') self.client.stall() } })
      await until(() => line.frames.length > 0)
      const { sequence } = await send(message('live'))
      await projected(readSide, creator, conversation, sequence)
      expect(device.events.length).toBe(0)
      line.client.read()
      await line.caughtUp()
      await expectSequences(device, conversation, range(3, 403))
    })
  })

  describe('the drain', () => {
    it('answers what is under way, tells when and from where to come back, closes; nobody enters any more', async () => {
      const { commandSide, another } = subject()
      const sockets = memorySocketServer()
      const gateway = await another(sockets)
      const [creator, reader] = [await aMember(commandSide), await aMember(commandSide)]
      const conversation = await aGroup(commandSide, creator, reader)
      const [hers, his] = [deviceOf(sockets, creator), deviceOf(sockets, reader)]
      const [writing, reading] = [await hers.open(), await his.open()]
      await Promise.all([writing.caughtUp(), reading.caughtUp()])
      for (const counter of range(2, 21)) writing.say({ type: 'command', request: counter, conversation, counter, command: message('x') })
      await until(() => writing.ofType('ack').length > 0)
      const began = performance.now()
      const closed = gateway.close()
      const late = await sockets.connect()
      expect(await late.closed).toBe(closeCodes.goingAway.code)
      for (const line of [writing, reading]) expect(await line.client.closed).toBe(closeCodes.goingAway.code)
      await closed
      expect(performance.now() - began).toBeLessThan(3_500)
      expect(writing.ofType('ack').length).toBe(20)
      const [hint] = reading.ofType('reconnect')
      expect(hint?.afterMs).toBeGreaterThanOrEqual(0)
      expect(gateway.sessions()).toBe(0)
      await expect(sockets.connect()).rejects.toThrow('nobody listens')
      // The hint's token is good at another gateway.
      const elsewhere = await subject().sockets.connect({ authorization: `Bearer ${tokenFor(reader.account)}` })
      const line = lineOver(elsewhere)
      line.say({ type: 'hello', device: reader.device, sync: hint?.sync })
      await line.caughtUp()
      expect(line.ofType('resync')).toEqual([])
      const got = new Set([...reading.ofType('event'), ...line.ofType('event')].map(({ event }) => event.sequence))
      for (const sequence of range(3, 22)) expect(got).toContain(sequence)
    })
  })
}
