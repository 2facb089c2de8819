import { describe, expect, it } from 'vitest'
import type { ServerFrame } from '../../../events/wire/frames.js'
import { aGroup, aMember, answer, message, numbered } from '../../support/command-side.js'
import type { GatewayStack } from '../../support/gateway-stack.js'
import { until } from '../../support/until.js'
import { deviceOf, expectSequences, projected, range } from './device.js'

/** The same numbers in [0, 1) each time (mulberry32). */
const chance = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0
  const mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  const again = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((again ^ (again >>> 14)) >>> 0) / 2 ** 32
}

export const live = (subject: () => GatewayStack): void => {
  const group = async (members = 2) => {
    const { commandSide, sockets, readSide } = subject()
    const [creator, ...others] = await Promise.all(range(1, members).map(() => aMember(commandSide)))
    if (creator === undefined) throw new Error('a group has a creator')
    const conversation = await aGroup(commandSide, creator, ...others)
    await projected(readSide, creator, conversation, members)
    const devices = others.map((caller) => deviceOf(sockets, caller))
    return { creator, others, conversation, devices, send: numbered(commandSide, creator, conversation, 2), head: members }
  }

  describe('live', () => {
    it('the creator gets the whole conversation from its creation, an added member from its own MemberAdded', async () => {
      const { commandSide, sockets } = subject()
      const [alice, bob] = [await aMember(commandSide), await aMember(commandSide)]
      const [hers, his] = [deviceOf(sockets, alice), deviceOf(sockets, bob)]
      for (const device of [hers, his]) await (await device.open()).caughtUp()
      const conversation = await aGroup(commandSide, alice)
      const send = numbered(commandSide, alice, conversation, 2)
      await send(message('before'))
      await send({ type: 'AddMembers', members: [bob.account] })
      await send(message('after'))
      await expectSequences(hers, conversation, [0, 1, 2, 3, 4])
      await expectSequences(his, conversation, [3, 4])
    })

    it('E9: a removed member gets its removal and nothing later, until it is added again', async () => {
      const { devices: [device], others: [bob], conversation, send, head } = await group()
      if (device === undefined || bob === undefined) throw new Error('a group of two')
      await (await device.open()).caughtUp()
      const witness = deviceOf(subject().sockets, (await group()).creator)
      await (await witness.open()).caughtUp()
      await send({ type: 'RemoveMember', userId: bob.account })
      for (const text of ['secret', 'more']) await send(message(text))
      await send({ type: 'AddMembers', members: [bob.account] })
      const { sequence } = await send(message('again'))
      await until(() => device.sequencesOf(conversation).at(-1) === sequence)
      expect(device.sequencesOf(conversation)).toEqual([head + 1, head + 4, head + 5])
    })

    it('read markers reach the other sessions of members, and the reader\'s own other devices, not the device that read', async () => {
      const { devices: [device], creator, others: [bob], conversation, head } = await group()
      if (device === undefined || bob === undefined) throw new Error('a group of two')
      const other = deviceOf(subject().sockets, creator)
      const [his, hers] = [await device.open(), await other.open()]
      await Promise.all([his.caughtUp(), hers.caughtUp()])
      his.say({ type: 'read', request: 7, conversation, through: head })
      await until(() => his.ofType('ack').length === 1 && hers.ofType('read').length === 1)
      expect(hers.ofType('read')).toEqual([{ type: 'read', conversation, members: [{ userId: bob.account, through: head }] }])
      expect(his.ofType('read')).toEqual([])
      expect(his.ofType('ack')[0]?.request).toBe(7)
    })

    it('O4, L5: commands pipelined over a socket are taken in order, answered by request, and never doubled', async () => {
      const { creator, conversation, head } = await group()
      const device = deviceOf(subject().sockets, creator)
      const line = await device.open()
      await line.caughtUp()
      const frames = range(2, 101).map((counter) => ({ type: 'command', request: counter, conversation, counter, command: message(`${counter}`) }))
      for (const frame of [...frames, ...frames.slice(0, 10), { ...frames[0], request: 500, command: message('other') }, { ...frames[0], request: 501, counter: 900 }]) line.say(frame)
      await until(() => line.ofType('ack').length === 110 && line.ofType('refused').length === 2)
      const acks = new Map(line.ofType('ack').map(({ request, ack }) => [request, ack.sequence]))
      expect(range(2, 101).map((request) => acks.get(request))).toEqual(range(head + 1, head + 100))
      expect(line.ofType('refused').map(({ problem }) => problem.type)).toEqual(['urn:tidings:problem:counter-reused', 'urn:tidings:problem:counter-skipped'])
      await expectSequences(device, conversation, range(head + 1, head + 100))
    })
  })

  describe('G7, X17: what the fan-out loses', () => {
    for (const seed of [1, 2, 3]) {
      it(`half of the batches lost at random, members coming and going: nothing missing at the end (seed ${seed})`, async () => {
        const random = chance(seed)
        const [one, two] = [await group(5), await group(3)]
        for (const device of [...one.devices, ...two.devices]) await (await device.open()).caughtUp()
        const newcomer = await aMember(subject().commandSide)
        const late = deviceOf(subject().sockets, newcomer)
        await (await late.open()).caughtUp()
        subject().lose(() => random() < 0.5)
        for (const n of range(1, 60)) await Promise.all([one.send(message(`${n}`)), two.send(message(`${n}`))])
        await one.send({ type: 'AddMembers', members: [newcomer.account] })
        for (const n of range(1, 60)) await Promise.all([one.send(message(`${n}`)), two.send(message(`${n}`))])
        subject().lose(() => false)
        await Promise.all([one.send(message('end')), two.send(message('end'))])
        for (const device of one.devices) await expectSequences(device, one.conversation, range(6, 6 + 121))
        for (const device of two.devices) await expectSequences(device, two.conversation, range(4, 4 + 120))
        await until(() => late.sequencesOf(one.conversation).at(-1) === 6 + 121)
        // Its history is shared: what came before it was added may come with the look-up, and then without a hole.
        const [first = 0] = late.sequencesOf(one.conversation)
        expect([first <= 6 + 60, late.sequencesOf(one.conversation)]).toEqual([true, range(first, 6 + 121)])
        for (const device of [...one.devices, ...two.devices, late]) expect([device.doubled(), device.wrong]).toEqual([0, []])
      })
    }

    it('a session that comes while batches are lost misses nothing either', async () => {
      const random = chance(7)
      const { devices, conversation, send } = await group(6)
      subject().lose(() => random() < 0.5)
      const lines = []
      for (const device of devices) {
        lines.push(await device.open())
        await Promise.all(range(1, 10).map((n) => send(message(`${n}`))))
      }
      await Promise.all(lines.map((line) => line.caughtUp()))
      subject().lose(() => false)
      const { sequence } = await send(message('end'))
      for (const device of devices) {
        await until(() => device.sequencesOf(conversation).at(-1) === sequence)
        expect([device.doubled(), device.wrong]).toEqual([0, []])
      }
    })

    it('the last words of a conversation lost, and then silence: found by looking at how far the timeline is', async () => {
      const { devices, conversation, send } = await group(3)
      for (const device of devices) await (await device.open()).caughtUp()
      await send(message('heard'))
      for (const device of devices) await until(() => device.sequencesOf(conversation).length === 1)
      subject().lose(() => true)
      const { sequence } = await send(message('lost'))
      for (const device of devices) await until(() => device.sequencesOf(conversation).at(-1) === sequence)
      subject().lose(() => false)
    })

    it('a connection that is back tells of a gap: filled at once, also a membership that nobody announced', async () => {
      const { devices, conversation, send } = await group(3)
      const newcomer = await aMember(subject().commandSide)
      const late = deviceOf(subject().sockets, newcomer)
      for (const device of [...devices, late]) await (await device.open()).caughtUp()
      subject().lose(() => true)
      await send(message('lost'))
      await send({ type: 'AddMembers', members: [newcomer.account] })
      await projected(subject().readSide, newcomer, conversation, 5)
      subject().lose(() => false)
      subject().noticeGap()
      for (const device of devices) await expectSequences(device, conversation, [4, 5])
      await send(message('heard'))
      await until(() => late.sequencesOf(conversation).at(-1) === 6)
      // Its history is shared: what came before it was added may come with the look-up.
      expect([late.sequencesOf(conversation).filter((sequence) => sequence >= 5), late.doubled(), late.wrong]).toEqual([[5, 6], 0, []])
      for (const device of devices) await expectSequences(device, conversation, [4, 5, 6])
    })

    it('a lost membership of a conversation that nobody else here follows: no head shows it, the session looks it up', async () => {
      const { send, conversation, head } = await group(3)
      const newcomer = await aMember(subject().commandSide)
      const late = deviceOf(subject().sockets, newcomer)
      await (await late.open()).caughtUp()
      subject().lose(() => true)
      await send({ type: 'AddMembers', members: [newcomer.account] })
      await send(message('lost'))
      await projected(subject().readSide, newcomer, conversation, head + 2)
      subject().lose(() => false)
      await send(message('heard'))
      await until(() => late.sequencesOf(conversation).at(-1) === head + 3)
      expect([late.sequencesOf(conversation).filter((sequence) => sequence > head), late.doubled(), late.wrong]).toEqual([range(head + 1, head + 3), 0, []])
    })

    it('lost while a session alone in its conversation reads history: it reads on', async () => {
      for (const at of range(1, 3)) {
        const { devices: [device], conversation, send, head } = await group()
        if (device === undefined) throw new Error('a group of two')
        const first = await device.open()
        await first.caughtUp()
        first.client.cut()
        for (const n of range(1, 40)) await send(message(`${n} ${'x'.repeat(30_000)}`))
        await projected(subject().readSide, device.caller, conversation, head + 40)
        // It stalls at its welcome, with more to come than a socket takes: so it still catches up while others write.
        const line = await device.open({ onFrame: (frame, self) => { if (frame.type === 'welcome') self.client.stall() } })
        await until(() => line.frames.length > 0)
        subject().lose(() => true)
        for (const n of range(1, at)) await send(message(`${n}`))
        await projected(subject().readSide, device.caller, conversation, head + 40 + at)
        subject().lose(() => false)
        const { sequence } = await send(message('end'))
        await projected(subject().readSide, device.caller, conversation, sequence)
        line.client.read()
        await expectSequences(device, conversation, range(head + 1, head + 41 + at))
        expect(device.doubled()).toBe(0)
        line.client.cut()
      }
    })

    it('what was lost is claimed by no token: who resumes from any of them gets it', async () => {
      const { devices: [device], conversation, send, others: [bob] } = await group()
      if (device === undefined || bob === undefined) throw new Error('a group of two')
      const random = chance(11)
      const claims: { readonly sync: string; readonly last: number }[] = []
      const note = (frame: ServerFrame): void => {
        if (frame.type === 'sync' || frame.type === 'caught_up') claims.push({ sync: frame.sync, last: device.sequencesOf(conversation).at(-1) ?? 2 })
      }
      const line = await device.open({ onFrame: note })
      await line.caughtUp()
      subject().lose(() => random() < 0.7)
      const until5s = Date.now() + 5_000
      while (Date.now() < until5s) await send(message('x'))
      subject().lose(() => false)
      const { sequence } = await send(message('end'))
      await until(() => device.sequencesOf(conversation).at(-1) === sequence)
      line.client.cut()
      expect(claims.length).toBeGreaterThan(1)
      for (const { sync, last } of claims) {
        const client = await subject().sockets.connect({ protocols: ['tidings', `tidings.bearer.${bob.account}.${Date.now() + 60_000}.t`] })
        const got: number[] = []
        client.onFrame((text) => {
          const frame = JSON.parse(text) as ServerFrame
          if (frame.type === 'event' && frame.event.conversation === conversation) got.push(frame.event.sequence)
          if (frame.type === 'caught_up') client.cut()
        })
        client.send(JSON.stringify({ type: 'hello', device: bob.device, sync }))
        await client.closed
        expect(got).toEqual(range(got[0] ?? sequence + 1, sequence))
        expect(got[0] ?? sequence + 1).toBeLessThanOrEqual(last + 1)
      }
      expect((await answer(subject().readSide.heads([conversation]))).get(conversation)).toBe(sequence)
    })
  })
}
