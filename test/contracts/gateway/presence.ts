import { describe, expect, it } from 'vitest'
import type { MemorySocketServer } from '../../../adapters/memory/socket-server.js'
import type { Caller } from '../../../command-side/index.js'
import { directConversationId } from '../../../events/ids.js'
import type { AccountCommand } from '../../../events/wire/commands.js'
import type { ServerFrame } from '../../../events/wire/frames.js'
import type { Signal } from '../../../gateway/ports.js'
import { aGroup, aMember, answer, message, numbered } from '../../support/command-side.js'
import type { GatewayStack } from '../../support/gateway-stack.js'
import { until } from '../../support/until.js'
import { deviceOf, projected, type Line } from './device.js'

const LEASE_MS = 45_000

type Connecting = Pick<MemorySocketServer, 'connect'>

/** Two gateways and what lies between them, on the same sides. */
export interface TwoGateways {
  readonly stack: GatewayStack
  readonly sockets: readonly [Connecting, Connecting]
  /** Signals that both published so far. */
  readonly published: ReadonlyArray<Signal>
  /** From now on the second gateway says nothing more, as one that was killed. */
  readonly silence: () => void
}

type Presence = Extract<ServerFrame, { readonly type: 'presence' }>

export const presence = (subject: () => TwoGateways): void => {
  const at = async (gateway: 0 | 1, caller: Caller): Promise<Line> => {
    const line = await deviceOf(subject().sockets[gateway], caller).open()
    await line.caughtUp()
    return line
  }
  const members = (count: number): Promise<ReadonlyArray<Caller>> => Promise.all(Array.from({ length: count }, () => aMember(subject().stack.commandSide)))
  const three = async () => {
    const [one, two, three] = await members(3)
    if (one === undefined || two === undefined || three === undefined) throw new Error('three members')
    return [one, two, three] as const
  }
  /** A group of the first two; the third is an outsider. */
  const group = async () => {
    const { commandSide, readSide } = subject().stack
    const [alice, bob, eve] = await three()
    const conversation = await aGroup(commandSide, alice, bob)
    await projected(readSide, alice, conversation, 2)
    return { alice, bob, eve, conversation, send: numbered(commandSide, alice, conversation, 2) }
  }
  const says = ({ account }: Caller, command: AccountCommand) => answer(subject().stack.commandSide.account(account, command))
  const watching = async (gateway: 0 | 1, viewer: Caller, ...accounts: ReadonlyArray<Caller>): Promise<Line> => {
    const line = await at(gateway, viewer)
    line.say({ type: 'watch', accounts: accounts.map(({ account }) => account) })
    await until(() => line.ofType('presence').length >= accounts.length)
    return line
  }
  const last = (line: Line, { account }: Caller): Presence | undefined => line.ofType('presence').findLast(({ userId }) => userId === account)
  const published = (of: Signal['type']): number => subject().published.filter((signal) => signal.type === of).length
  const type = (line: Line, conversation: string): void => { line.say({ type: 'typing', conversation }) }

  describe('typing', () => {
    it('reaches the other members on both gateways, not the writer, not an outsider; nothing is appended', async () => {
      const { alice, bob, eve, conversation } = await group()
      const [hers, his, outside] = [await at(0, alice), await at(1, bob), await at(1, eve)]
      const stored = subject().stack.stored()
      type(outside, conversation)
      type(hers, conversation)
      await until(() => his.ofType('typing').length > 0)
      expect(his.ofType('typing')).toEqual([{ type: 'typing', conversation, userId: alice.account }])
      type(his, conversation)
      await until(() => hers.ofType('typing').length > 0)
      expect(hers.ofType('typing').map(({ userId }) => userId)).toEqual([bob.account])
      expect([...outside.ofType('typing'), ...outside.ofType('error')]).toEqual([])
      expect(subject().stack.stored()).toBe(stored)
    })

    it('E9: who was removed neither says nor hears any more', async () => {
      const { alice, bob, eve, conversation, send } = await group()
      await send({ type: 'AddMembers', members: [eve.account] })
      const [hers, his, watch] = [await at(0, alice), await at(1, bob), await at(1, eve)]
      await send({ type: 'RemoveMember', userId: bob.account })
      await until(() => his.ofType('event').length > 0 && watch.ofType('event').length > 0)
      type(his, conversation)
      type(hers, conversation)
      await until(() => watch.ofType('typing').length > 0)
      type(watch, conversation)
      await until(() => hers.ofType('typing').length > 0)
      expect([watch, hers].map((line) => line.ofType('typing').map(({ userId }) => userId))).toEqual([[alice.account], [eve.account]])
      expect(his.ofType('typing')).toEqual([])
    })

    it('10,000 frames of a member are one signal; another follows when time has passed', async () => {
      const { alice, bob, conversation } = await group()
      const [hers, his] = [await at(0, alice), await at(1, bob)]
      const [before, stored] = [published('typing'), subject().stack.stored()]
      for (let frame = 0; frame < 10_000; frame += 1) {
        type(hers, conversation)
        // One socket may have a thousand frames under way.
        if (frame % 500 === 0) await new Promise(setImmediate)
      }
      await until(() => his.ofType('typing').length > 0)
      hers.say({ type: 'ping' })
      await until(() => hers.ofType('pong').length > 0)
      expect(published('typing') - before).toBeLessThanOrEqual(4)
      expect(his.ofType('typing').length).toBeLessThanOrEqual(4)
      subject().stack.ahead(3_000)
      const told = his.ofType('typing').length
      type(hers, conversation)
      await until(() => his.ofType('typing').length === told + 1)
      subject().stack.ahead(0)
      expect(subject().stack.stored()).toBe(stored)
    })

    it('P4: not between two of whom one blocked the other', async () => {
      const [alice, bob, carol] = await three()
      const { commandSide, readSide } = subject().stack
      const talk = async (one: Caller, other: Caller): Promise<string> => {
        const conversation = directConversationId(one.account, other.account)
        await answer(commandSide.conversation(one, conversation, 1, { type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [other.account] }))
        await projected(readSide, one, conversation, 2)
        return conversation
      }
      const [blocked, open] = [await talk(alice, bob), await talk(alice, carol)]
      await says(bob, { type: 'Block', userId: alice.account })
      const [hers, his, theirs] = [await at(0, alice), await at(1, bob), await at(1, carol)]
      await until(async () => (await answer(readSide.listedAccounts(bob.account, 'blocked', { limit: 1 }))).accounts.length === 1)
      for (const conversation of [blocked, open]) type(hers, conversation)
      await until(() => theirs.ofType('typing').length > 0)
      expect(his.ofType('typing')).toEqual([])
    })
  })

  describe('deliveries', () => {
    it('the furthest of each member is told to the others, once; never of what is not there', async () => {
      const { alice, bob, conversation, send } = await group()
      const [hers, his] = [await at(0, alice), await at(1, bob)]
      for (const text of ['one', 'two', 'three']) await send(message(text))
      await until(() => his.ofType('event').length === 3)
      const before = published('delivered')
      for (const through of [3, 4, 5, 5, 4, 99]) his.say({ type: 'delivered', conversation, through })
      await until(() => hers.ofType('delivered').length > 0)
      his.say({ type: 'delivered', conversation, through: 4 })
      await send(message('four'))
      await until(() => his.ofType('event').length === 4)
      his.say({ type: 'delivered', conversation, through: 6 })
      await until(() => hers.ofType('delivered').length > 1)
      expect(hers.ofType('delivered').map(({ members }) => members)).toEqual([[{ userId: bob.account, through: 5 }], [{ userId: bob.account, through: 6 }]])
      expect(his.ofType('delivered')).toEqual([])
      expect(published('delivered') - before).toBeLessThanOrEqual(2)
    })

    it('are told to whoever wrote what was delivered, those of many members at once; to nobody else in a group', async () => {
      const { alice, bob, eve, conversation, send } = await group()
      await send({ type: 'AddMembers', members: [eve.account] })
      const lines = [await at(0, alice), await at(1, bob), await at(1, eve)] as const
      const [hers, his, theirs] = lines
      const delivered = async (sequence: number, ...of: ReadonlyArray<Line>): Promise<void> => {
        await until(() => lines.every((line) => line.ofType('event').some(({ event }) => event.sequence === sequence)))
        for (const line of of) line.say({ type: 'delivered', conversation, through: sequence })
      }
      const told = (line: Line) => line.ofType('delivered').flatMap(({ members }) => members.map(({ userId, through }) => [userId, through]))
      const { sequence: first } = await send(message('hers'))
      await delivered(first, his, theirs)
      await until(() => told(hers).length === 2)
      const { sequence: second } = await numbered(subject().stack.commandSide, bob, conversation, 1)(message('his'))
      await delivered(second, hers, theirs)
      await until(() => told(his).length === 2)
      expect(told(hers).toSorted()).toEqual([[bob.account, first], [eve.account, first]].toSorted())
      expect(told(his).toSorted()).toEqual([[alice.account, second], [eve.account, second]].toSorted())
      expect(told(theirs)).toEqual([])
    })

    it('in a direct conversation each tells the other, also of what was written before', async () => {
      const [alice, bob] = await three()
      const conversation = directConversationId(alice.account, bob.account)
      const { commandSide, readSide } = subject().stack
      await answer(commandSide.conversation(alice, conversation, 1, { type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [bob.account] }))
      const { sequence } = await numbered(commandSide, alice, conversation, 2)(message('before both came'))
      await projected(readSide, alice, conversation, sequence)
      const [hers, his] = [await at(0, alice), await at(1, bob)]
      his.say({ type: 'delivered', conversation, through: sequence })
      await until(() => hers.ofType('delivered').length > 0)
      expect(hers.ofType('delivered')).toEqual([{ type: 'delivered', conversation, members: [{ userId: bob.account, through: sequence }] }])
    })
  })

  describe('muting', () => {
    it('is acknowledged and shown in the inbox, and refused to who is no member', async () => {
      const { alice, bob, eve, conversation, send } = await group()
      const [his, outside] = [await at(1, bob), await at(0, eve)]
      his.say({ type: 'mute', request: 4, conversation, muted: true })
      outside.say({ type: 'mute', request: 5, conversation, muted: true })
      await until(() => his.ofType('ack').length === 1 && outside.ofType('refused').length === 1)
      expect(outside.ofType('refused')[0]).toMatchObject({ request: 5, problem: { status: 404 } })
      const { sequence } = await send(message('one'))
      await projected(subject().stack.readSide, alice, conversation, sequence)
      const { conversations } = await answer(subject().stack.readSide.inbox(bob.account, { limit: 1 }))
      expect(conversations).toMatchObject([{ conversation, muted: true }])
    })
  })

  describe('presence', () => {
    it('online when the first session comes, seen last when the last one went, over gateways; nothing is appended', async () => {
      const [alice, bob] = await three()
      const stored = subject().stack.stored()
      const line = await watching(0, alice, bob)
      expect(last(line, bob)).toEqual({ type: 'presence', userId: bob.account, online: false })
      const before = Date.now()
      const [one, two] = [await at(1, bob), await at(0, { account: bob.account, device: bob.device })]
      await until(() => last(line, bob)?.online === true)
      one.client.close()
      two.client.close()
      await until(() => last(line, bob)?.online === false)
      expect(last(line, bob)?.lastSeenAt).toBeGreaterThanOrEqual(before)
      expect(last(line, bob)?.lastSeenAt).toBeLessThanOrEqual(Date.now())
      expect(subject().stack.stored()).toBe(stored)
    })

    it('who hides when it was seen last looks as one that was never here, byte for byte, whatever it does', async () => {
      const [alice, hidden, never] = await three()
      await says(hidden, { type: 'SetLastSeen', visibleTo: 'nobody' })
      const line = await watching(0, alice, hidden, never)
      const his = await at(1, hidden)
      const witness = await aMember(subject().stack.commandSide)
      line.say({ type: 'watch', accounts: [hidden, never, witness].map(({ account }) => account) })
      await at(1, witness)
      await until(() => last(line, witness)?.online === true)
      his.client.close()
      const seenAgain = await watching(1, alice, hidden, never)
      const bytes = (of: Line, { account }: Caller) => of.ofType('presence').filter(({ userId }) => userId === account).map((frame) => JSON.stringify(frame).replace(account, ''))
      for (const of of [line, seenAgain]) expect(bytes(of, hidden)).toEqual(bytes(of, never))
      expect(bytes(seenAgain, never)).toEqual(['{"type":"presence","userId":"","online":false}'])
    })

    it('P4: a block, and hiding it, end it for who was watching; who hides its own sees nobody any more', async () => {
      const [alice, bob, carol] = await three()
      const line = await watching(0, alice, bob, carol)
      await Promise.all([at(1, bob), at(1, carol)])
      await until(() => last(line, bob)?.online === true && last(line, carol)?.online === true)
      await says(bob, { type: 'Block', userId: alice.account })
      await until(() => last(line, bob)?.online === false)
      expect(last(line, bob)).toEqual({ type: 'presence', userId: bob.account, online: false })
      await says(bob, { type: 'Unblock', userId: alice.account })
      await until(() => last(line, bob)?.online === true)
      await says(carol, { type: 'SetLastSeen', visibleTo: 'contacts' })
      await until(() => last(line, carol)?.online === false)
      await says(carol, { type: 'Follow', userId: alice.account })
      await until(() => last(line, carol)?.online === true)
      await says(alice, { type: 'SetLastSeen', visibleTo: 'nobody' })
      await until(() => last(line, carol)?.online === false && last(line, bob)?.online === false)
    })

    it('at most 200 accounts are watched; a list that is too long is refused and changes nothing', async () => {
      const [alice, bob] = await three()
      const line = await watching(0, alice, bob)
      line.say({ type: 'watch', accounts: Array.from({ length: 201 }, (_, index) => `0192d3c0-2222-7aaa-8bbb-${String(index).padStart(12, '0')}`) })
      await until(() => line.ofType('error').length === 1)
      await at(1, bob)
      await until(() => last(line, bob)?.online === true)
    })

    it('X17: of a gateway that was killed the presence runs out by itself', async () => {
      const [alice, bob] = await three()
      await at(1, bob)
      const line = await watching(0, alice, bob)
      await until(() => last(line, bob)?.online === true)
      subject().silence()
      subject().stack.ahead(LEASE_MS + 1_000)
      await until(() => last(line, bob)?.online === false)
      expect(last(line, bob)?.lastSeenAt).toBeLessThanOrEqual(Date.now() + LEASE_MS)
      subject().stack.ahead(0)
    })
  })
}
