import { describe, expect, it } from 'vitest'
import type { ServerFrame } from '../../../events/wire/frames.js'
import { aGroup, aMember, answer, message, numbered } from '../../support/command-side.js'
import { tokenFor, type GatewayStack } from '../../support/gateway-stack.js'
import { until } from '../../support/until.js'
import { deviceOf, expectSequences, projected, range, type Line } from './device.js'

const DAY_MS = 86_400_000
const MESSAGES = 12

/** Cuts the line when that many frames have arrived on it. */
const cutAfter = (count: number) => (_: ServerFrame, line: Line): void => { if (line.frames.length === count) line.client.cut() }

export const resuming = (subject: () => GatewayStack): void => {
  const pair = async () => {
    const { commandSide, sockets } = subject()
    const [alice, bob] = [await aMember(commandSide), await aMember(commandSide)]
    const conversation = await aGroup(commandSide, alice, bob)
    await projected(subject().readSide, bob, conversation, 2)
    return { alice, bob, conversation, send: numbered(commandSide, alice, conversation, 2), device: deviceOf(sockets, bob) }
  }

  describe('Q5: resuming', () => {
    it('history in the order of the log, then caught_up, then live; edits and deletions are in it', async () => {
      const { device, send, conversation } = await pair()
      const first = await device.open()
      await first.caughtUp()
      first.client.cut()
      const { sequence } = await send(message('one'))
      await send({ type: 'EditMessage', target: sequence, content: { text: 'two' } })
      await send({ type: 'DeleteMessage', target: sequence })
      const line = await device.open()
      await line.caughtUp()
      await send(message('live'))
      await until(() => device.events.length === 4)
      const types = line.frames.filter(({ type }) => type !== 'sync').map((frame) => (frame.type === 'event' ? frame.event.type : frame.type))
      expect(types).toEqual(['welcome', 'MessageSent', 'MessageEdited', 'MessageDeleted', 'caught_up', 'MessageSent'])
      expect(device.events.map(({ erased }) => erased)).toEqual([true, true, undefined, undefined])
      await expectSequences(device, conversation, range(sequence, sequence + 3))
    })

    it(`cut at every frame of a delivery, live and in history: nothing lost, doubled or reordered (${MESSAGES} messages, each cut)`, async () => {
      for (let cut = 1; cut <= MESSAGES + 4; cut += 1) {
        const { device, send, conversation } = await pair()
        const first = await device.open({ onFrame: cutAfter(cut) })
        await until(() => first.frames.length >= Math.min(cut, 2))
        const acked = await Promise.all(range(1, MESSAGES).map((n) => send(message(`${n}`))))
        const from = acked[0]?.sequence ?? -1
        if (cut > 2) await until(() => first.frames.length >= Math.min(cut, MESSAGES + 2))
        first.client.cut()
        const second = await device.open({ onFrame: cutAfter(cut) })
        await until(() => second.frames.length >= Math.min(cut, 2))
        second.client.cut()
        const last = await device.open()
        await last.caughtUp()
        await send(message('last'))
        // Before its first caught_up a new device holds no token: it begins at the present place.
        const begins = first.frames.length >= 2 ? from : undefined
        await until(() => device.sequencesOf(conversation).at(-1) === from + MESSAGES)
        if (begins !== undefined) await expectSequences(device, conversation, range(begins, from + MESSAGES))
        expect(device.wrong).toEqual([])
        last.client.cut()
      }
    })

    it('a long history, cut at many places: pages and their tokens join without seam', async () => {
      const { device, send, conversation } = await pair()
      const first = await device.open()
      await first.caughtUp()
      first.client.cut()
      const acked = await Promise.all(range(1, 900).map((n) => send(message(`${n}`))))
      const from = acked[0]?.sequence ?? -1
      const frames: number[] = []
      for (const cut of [1, 2, 150, 202, 203, 204, 250, 50]) {
        const line = await device.open({ onFrame: cutAfter(cut) })
        await line.client.closed
        frames.push(line.frames.length)
      }
      const last = await device.open()
      await last.caughtUp()
      await expectSequences(device, conversation, range(from, from + 899))
      expect(frames).toEqual([1, 2, 150, 202, 203, 204, 250, 50])
    })

    it('no sync frame claims what was not handed over: from each of them the rest is complete', async () => {
      const { device, send, conversation, bob } = await pair()
      const tokens: { readonly sync: string; readonly last: number }[] = []
      const line = await device.open({
        onFrame: (frame) => {
          if (frame.type === 'sync' || frame.type === 'caught_up') tokens.push({ sync: frame.sync, last: device.events.at(-1)?.sequence ?? -1 })
        },
      })
      await line.caughtUp()
      let sent = 0
      const deadline = Date.now() + 6_000
      while (Date.now() < deadline) sent = (await send(message('x'))).sequence
      await until(() => device.sequencesOf(conversation).at(-1) === sent)
      await until(() => (tokens.at(-1)?.last ?? -1) === sent)
      expect(tokens.length).toBeGreaterThan(2)
      line.client.cut()
      for (const { sync, last } of tokens) {
        const replay = deviceOf(subject().sockets, bob)
        const client = await subject().sockets.connect({ authorization: `Bearer ${tokenFor(bob.account)}` })
        const got: number[] = []
        client.onFrame((text) => {
          const frame = JSON.parse(text) as ServerFrame
          if (frame.type === 'event') got.push(frame.event.sequence)
          if (frame.type === 'caught_up') client.cut()
        })
        client.send(JSON.stringify({ type: 'hello', device: replay.caller.device, sync }))
        await client.closed
        expect(got[0] ?? sent + 1).toBeLessThanOrEqual(last === -1 ? 4 : last + 1)
        expect(got).toEqual(range(got[0] ?? sent + 1, sent))
      }
    })

    it('a token that is altered, foreign, expired or of no known place: resync with the reason, then live', async () => {
      const { device, send, conversation, alice } = await pair()
      const line = await device.open()
      await line.caughtUp()
      line.client.cut()
      const sync = device.sync() ?? ''
      const resumeWith = async (token: string, caller = device.caller) => {
        const client = deviceOf(subject().sockets, caller)
        const raw = await subject().sockets.connect({ authorization: `Bearer ${tokenFor(caller.account)}` })
        const frames: ServerFrame[] = []
        raw.onFrame((text) => frames.push(JSON.parse(text) as ServerFrame))
        raw.send(JSON.stringify({ type: 'hello', device: caller.device, sync: token }))
        await until(() => frames.some(({ type }) => type === 'caught_up'))
        await send(message('live'))
        await until(() => frames.some((frame) => frame.type === 'event' && frame.event.conversation === conversation))
        raw.cut()
        return { types: frames.map((frame) => (frame.type === 'resync' ? `resync ${frame.reason}` : frame.type)), client }
      }
      const live = (reason: string) => ['welcome', `resync ${reason}`, 'caught_up', 'event']
      expect((await resumeWith(`${sync.slice(0, -2)}xx`)).types).toEqual(live('unreadable'))
      expect((await resumeWith('nonsense')).types).toEqual(live('unreadable'))
      expect((await resumeWith(sync, alice)).types).toEqual(live('unreadable'))
      subject().ahead(31 * DAY_MS)
      expect((await resumeWith(sync)).types).toEqual(live('expired'))
      subject().ahead(0)
      expect((await resumeWith(sync)).types.slice(0, 2)).toEqual(['welcome', 'event'])
    })

    it('while it reads history others write: what comes in between is neither lost nor doubled', async () => {
      const { device, send, conversation } = await pair()
      const first = await device.open()
      await first.caughtUp()
      first.client.cut()
      const from = (await send(message('first'))).sequence
      const writing = Promise.all(range(1, 600).map((n) => send(message(`${n}`))))
      for (let round = 0; round < 5; round += 1) {
        const line = await device.open()
        await line.caughtUp()
        expect(new Set(line.ofType('event').map(({ event }) => event.sequence)).size).toBe(line.ofType('event').length)
        line.client.cut()
      }
      const last = await device.open()
      await writing
      await expectSequences(device, conversation, range(from, from + 600))
      last.client.cut()
    })
  })

  describe('G9: what is pushed can be read', () => {
    it('an immediate query finds each event', async () => {
      const { device, send, bob } = await pair()
      const found: Promise<boolean>[] = []
      const line = await device.open({
        onFrame: (frame) => {
          if (frame.type !== 'event') return
          const { conversation, sequence } = frame.event
          found.push(answer(subject().readSide.events(bob.account, conversation, { from: sequence, limit: 1 })).then(([event]) => event?.sequence === sequence))
        },
      })
      await line.caughtUp()
      await Promise.all(range(1, 200).map((n) => send(message(`${n}`))))
      await until(() => found.length === 200)
      expect(new Set(await Promise.all(found))).toEqual(new Set([true]))
    })
  })
}
