import { describe, expect, it } from 'vitest'
import { uuidv7 } from 'uuidv7'
import type { ServerFrame } from '../../../events/wire/frames.js'
import { aGroup, aMember, answer, message, numbered } from '../../support/command-side.js'
import type { GatewayStack } from '../../support/gateway-stack.js'
import { until } from '../../support/until.js'
import { deviceOf, projected, range, type Line } from './device.js'

export const notifying = (subject: () => GatewayStack): void => {
  const person = () => aMember(subject().commandSide)
  /** Alice mentions Bob; `ids` are those that Bob's device was told, each as often as it came. */
  const pair = async () => {
    const { commandSide, sockets, readSide } = subject()
    const [alice, bob] = [await person(), await person()]
    const conversation = await aGroup(commandSide, alice, bob)
    await projected(readSide, bob, conversation, 2)
    const send = numbered(commandSide, alice, conversation, 2)
    const ids: string[] = []
    const take = (frame: ServerFrame): void => { if (frame.type === 'notification') ids.push(frame.notification.id) }
    const device = deviceOf(sockets, bob)
    const open = (onFrame: (frame: ServerFrame, line: Line) => void = () => undefined) =>
      device.open({ onFrame: (frame, line) => { take(frame); onFrame(frame, line) } })
    const mention = (text = 'hello') => send(message(`${text} @${bob.handle}`))
    const history = async () => (await answer(readSide.notifications(bob.account, { limit: 200 }))).notifications
    return { alice, bob, conversation, send, mention, open, ids, history }
  }

  describe('M3: notifications on the socket', () => {
    it('are pushed when online, once they can be read, to every device of the account and to nobody else', async () => {
      const { mention, open, bob, alice, conversation, history } = await pair()
      const laptop = { account: bob.account, device: uuidv7() }
      await answer(subject().commandSide.account(bob.account, { type: 'RegisterDevice', deviceId: laptop.device }))
      const seen: Promise<boolean>[] = []
      const phone = await open((frame) => {
        if (frame.type === 'notification') seen.push(history().then((all) => all.some(({ id }) => id === frame.notification.id)))
      })
      const lines = [phone, await deviceOf(subject().sockets, laptop).open(), await deviceOf(subject().sockets, alice).open()] as const
      for (const line of lines) await line.caughtUp()
      const { sequence, messageId } = await mention()
      await until(() => phone.ofType('notification').length > 0 && lines[1].ofType('notification').length > 0 && lines[2].ofType('event').length > 0)
      expect(phone.ofType('notification').map(({ notification }) => notification)).toMatchObject([
        { type: 'mention', mentioned_by: alice.account, conversation_id: conversation, sequence, message_id: messageId, message_preview: `hello @${bob.handle}`, read: false },
      ])
      expect(lines[1].ofType('notification')).toEqual(phone.ofType('notification'))
      expect(lines[2].ofType('notification')).toEqual([])
      expect(await Promise.all(seen)).toEqual([true])
    })

    it('those that were missed come before caught_up, live ones after; without a token none', async () => {
      const { mention, open, ids, history } = await pair()
      const first = await open()
      await first.caughtUp()
      first.client.cut()
      for (const n of range(1, 3)) await mention(`${n}`)
      await until(async () => (await history()).length === 4)
      const line = await open()
      await line.caughtUp()
      await mention('live')
      await until(() => ids.length === 4)
      const kinds = line.frames.map(({ type }) => type).filter((type) => type === 'notification' || type === 'caught_up')
      expect(kinds).toEqual(['notification', 'notification', 'notification', 'caught_up', 'notification'])
      expect([...ids].reverse()).toEqual((await history()).slice(0, 4).map(({ id }) => id))
    })

    it('M3: cut at every frame of a delivery: each exactly once in the view of who counts ids', async () => {
      for (let cut = 2; cut <= 12; cut += 1) {
        const { mention, open, ids, history } = await pair()
        const first = await open()
        await first.caughtUp()
        first.client.cut()
        for (let round = 0; round < 2; round += 1) {
          const line = await open((_, self) => { if (self.frames.length === cut) self.client.cut() })
          await until(() => line.frames.length >= Math.min(cut, 2))
          await Promise.all(range(1, 4).map((n) => mention(`${round} ${n}`)))
          await until(async () => (await history()).length === 1 + 4 * (round + 1))
          line.client.cut()
        }
        const last = await open()
        await last.caughtUp()
        expect([...new Set(ids)].sort()).toEqual((await history()).slice(0, 8).map(({ id }) => id).sort())
      }
    })

    it('announcements that are lost lose no notification', async () => {
      const { mention, open, ids, history } = await pair()
      const line = await open()
      await line.caughtUp()
      subject().lose(() => true)
      for (const n of range(1, 3)) await mention(`${n}`)
      await until(async () => (await history()).length === 4)
      subject().lose(() => false)
      subject().noticeGap()
      await until(() => new Set(ids).size === 3)
      await mention('heard')
      await until(() => new Set(ids).size === 4)
    })

    it('M5: nothing is pushed of what the account silenced', async () => {
      const { mention, open, ids, bob, alice, send } = await pair()
      const line = await open()
      await line.caughtUp()
      await answer(subject().commandSide.account(bob.account, { type: 'SetNotifications', kind: 'mention', enabled: false }))
      await mention('silent')
      const { position } = await answer(subject().commandSide.account(bob.account, { type: 'SetNotifications', kind: 'mention', enabled: true }))
      if (position !== undefined) await answer(subject().readSide.waitFor(position as Parameters<GatewayStack['readSide']['waitFor']>[0], 5_000))
      await answer(subject().commandSide.account(alice.account, { type: 'Follow', userId: bob.account }))
      await mention('heard')
      await until(() => ids.length === 2)
      expect(line.ofType('notification').map(({ notification }) => notification.type)).toEqual(['follower', 'mention'])
      await send(message('nobody'))
      await until(() => line.ofType('event').length === 3)
      expect(ids.length).toBe(2)
    })
  })
}
