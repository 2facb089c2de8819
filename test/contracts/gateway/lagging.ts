import { describe, expect, it } from 'vitest'
import { partitionOf } from '../../../adapters/feed/partition.js'
import type { Caller } from '../../../command-side/index.js'
import { conversationStream } from '../../../events/streams.js'
import { aGroup, aMember, answer, message, numbered } from '../../support/command-side.js'
import type { GatewayStack } from '../../support/gateway-stack.js'
import { until } from '../../support/until.js'
import { deviceOf, projected, range } from './device.js'

/** Partitions are projected side by side: one may lag behind positions that others have passed. */
export const lagging = (subject: () => GatewayStack): void => {
  const away = async () => {
    const { commandSide, sockets, readSide, partitions } = subject()
    const [alice, bob] = [await aMember(commandSide), await aMember(commandSide)]
    const placeOf = (conversation: string) => partitionOf(conversationStream(conversation), partitions)
    const groupBeside = async (other: number | undefined): Promise<string> => {
      for (;;) {
        const conversation = await aGroup(commandSide, alice, bob)
        if (placeOf(conversation) !== other) return conversation
      }
    }
    const slow = await groupBeside(undefined)
    const quick = await groupBeside(placeOf(slow))
    for (const conversation of [slow, quick]) await projected(readSide, bob, conversation, 2)
    const device = deviceOf(sockets, bob)
    const line = await device.open()
    await line.caughtUp()
    line.client.cut()
    return { alice, device, slow, quick, partition: placeOf(slow), toSlow: numbered(commandSide, alice, slow, 2), toQuick: numbered(commandSide, alice, quick, 2) }
  }
  const hasCome = async (caller: Caller, conversation: string, sequence: number) =>
    (await answer(subject().readSide.memberships(caller.account))).some((one) => one.conversation === conversation && one.headSequence === sequence)

  describe('Q5: while a partition lags', () => {
    it('what the others have passed is sent; no token claims what the lagging one has yet to commit', async () => {
      const { device, slow, quick, partition, toSlow, toQuick, alice } = await away()
      const held = subject().hold(partition)
      await toSlow(message('late'))
      await Promise.all(range(1, 50).map((n) => toQuick(message(`${n}`))))
      await until(() => hasCome(alice, quick, 52))
      const line = await device.open()
      await line.caughtUp()
      line.client.cut()
      expect(device.sequencesOf(quick)).toEqual(range(3, 52))
      held.release()
      await until(() => hasCome(alice, slow, 3))
      const again = await device.open()
      await until(() => device.sequencesOf(slow).length === 1)
      expect([device.sequencesOf(slow), device.wrong]).toEqual([[3], []])
      again.client.cut()
    })

    it('it commits while pages of the others are read: everything comes once, in order', async () => {
      for (const at of [2, 60, 150, 280]) {
        const { device, slow, quick, partition, toSlow, toQuick, alice } = await away()
        const held = subject().hold(partition)
        await Promise.all(range(1, 10).map((n) => toSlow(message(`${n}`))))
        await Promise.all(range(1, 290).map((n) => toQuick(message(`${n}`))))
        await until(() => hasCome(alice, quick, 292))
        const line = await device.open({ onFrame: (_, self) => { if (self.frames.length === at) held.release() } })
        await until(() => device.sequencesOf(slow).length >= 10 && device.sequencesOf(quick).length >= 290)
        expect([device.sequencesOf(slow), device.sequencesOf(quick), device.doubled(), device.wrong]).toEqual([range(3, 12), range(3, 292), 0, []])
        line.client.cut()
      }
    })
  })
}
