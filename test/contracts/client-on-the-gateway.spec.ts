import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { uwsSocketServer } from '../../adapters/uws/socket-server.js'
import { CommandRefused, connectClient, type TidingsClient } from '../../client/index.js'
import type { Caller } from '../../command-side/index.js'
import type { DeliveredEvent } from '../../events/wire/answers.js'
import type { ConversationCommand } from '../../events/wire/commands.js'
import { aMember } from '../support/command-side.js'
import { gatewayStack, tokenFor, type GatewayStack } from '../support/gateway-stack.js'
import { until } from '../support/until.js'

/** A device that listens, and minds whatever a reader must never see. */
interface Listener {
  readonly caller: Caller
  readonly client: TidingsClient
  readonly heard: ReadonlyArray<DeliveredEvent>
  readonly complaints: ReadonlyArray<string>
  /** Signals as they came. */
  readonly told: ReadonlyArray<unknown>
}

const text = (event: DeliveredEvent): string => (event.content !== undefined && 'text' in event.content ? event.content.text : event.type)
const message = (said: string): ConversationCommand => ({ type: 'SendMessage', messageId: uuidv7(), content: { text: said } })

describe('the client on the real gateway, over real sockets', () => {
  let stack: GatewayStack
  let url: string
  let stop: () => Promise<void>
  const clients: Array<TidingsClient> = []

  beforeAll(async () => {
    stack = await gatewayStack()
    const gateway = await stack.another(uwsSocketServer({ host: '127.0.0.1', port: 0, allowedOrigins: [] }))
    url = `ws://127.0.0.1:${gateway.port}`
    stop = gateway.close
  })
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()))
    await stop()
    await stack.close()
  })

  const listening = async (caller?: Caller): Promise<Listener> => {
    const who = caller ?? (await aMember(stack.commandSide))
    const [heard, complaints, told]: [DeliveredEvent[], string[], unknown[]] = [[], [], []]
    const client = connectClient({
      url,
      device: who.device,
      token: () => Promise.resolve(tokenFor(who.account)),
      limits: { backoffBaseMs: 10, backoffCapMs: 50, deliveredEveryMs: 50 },
      handlers: {
        onEvent: (event) => { heard.push(event) },
        onTampered: (event, tampering) => { complaints.push(`${tampering} of ${event.type} ${event.sequence}`) },
        onResync: (reason) => { complaints.push(reason) },
        onTyping: ({ userId }) => { told.push(['typing', userId]) },
        onDelivered: ({ userId, through }) => { told.push(['delivered', userId, through]) },
        onPresence: ({ userId, online }) => { told.push(['presence', userId, online]) },
      },
    })
    clients.push(client)
    await client.live()
    return { caller: who, client, heard, complaints, told }
  }
  const group = async (owner: Listener, members: ReadonlyArray<Listener>, history: 'shared' | 'sinceJoin' = 'shared'): Promise<string> => {
    const conversation = uuidv7()
    await owner.client.command(conversation, { type: 'CreateConversation', kind: 'group', encryption: 'readable', history, members: members.map(({ caller }) => caller.account) })
    return conversation
  }
  const sequencesOf = ({ heard }: Listener, conversation: string) => heard.flatMap((event) => (event.conversation === conversation ? [event.sequence] : []))
  const contiguous = (count: number, from = 0) => Array.from({ length: count }, (_, index) => from + index)

  it('O4, Q3, Q5: pipelined sends of three, each dropping now and then: every event once, in one order, verified', async () => {
    const people = [await listening(), await listening(), await listening()] as const
    const [alice, ...others] = people
    const conversation = await group(alice, others)
    const said = people.map(({ client, caller }) =>
      Promise.all(contiguous(60).map(async (index) => {
        const sent = client.command(conversation, message(`${caller.account} ${index}`))
        if (index % 20 === 7) client.drop()
        await sent
      })))
    const dropping = setInterval(() => { people[Math.floor(Math.random() * people.length)]?.client.drop() }, 40)
    await Promise.all(said)
    clearInterval(dropping)
    const total = people.length + 1 + 3 * 60
    for (const person of people) {
      await until(() => sequencesOf(person, conversation).at(-1) === total - 1)
      const [first = total] = sequencesOf(person, conversation)
      expect(first).toBeLessThanOrEqual(3)
      expect(sequencesOf(person, conversation)).toEqual(contiguous(total - first, first))
      expect(person.complaints).toEqual([])
    }
    for (const { caller } of people) {
      const own = alice.heard.map(text).filter((line) => line.startsWith(caller.account))
      expect(own).toEqual(contiguous(60).map((index) => `${caller.account} ${index}`))
    }
  })

  it('ADR 4: refused and unchanged commands in a pipeline are renumbered around', async () => {
    const [alice, bob] = [await listening(), await listening()]
    const conversation = await group(alice, [bob])
    const commands: ReadonlyArray<ConversationCommand> = [
      message('one'),
      { type: 'DeleteMessage', target: 999 },
      message('two'),
      { type: 'AddMembers', members: [bob.caller.account] },
      message('three'),
      { type: 'RemoveMember', userId: uuidv7() },
      message('four'),
    ]
    const settled = await Promise.allSettled(commands.map((command) => alice.client.command(conversation, command)))
    expect(settled.map((each) => (each.status === 'fulfilled' ? (each.value.unchanged === true ? 'unchanged' : 'stored') : (each.reason as Error).name))).toEqual(
      ['stored', CommandRefused.name, 'stored', 'unchanged', 'stored', 'unchanged', 'stored'],
    )
    await until(() => bob.heard.some((event) => text(event) === 'four'))
    expect(bob.heard.filter(({ type }) => type === 'MessageSent').map(text)).toEqual(['one', 'two', 'three', 'four'])
    expect(bob.complaints).toEqual([])
  })

  it('a new client on an old device goes on where it was', async () => {
    const alice = await listening()
    const conversation = await group(alice, [])
    await alice.client.command(conversation, message('before'))
    await alice.client.close()
    const again = await listening(alice.caller)
    await Promise.all(['a', 'b', 'c'].map((each) => again.client.command(conversation, message(each))))
    await until(() => again.heard.length === 3)
    expect(again.heard.map(text)).toEqual(['a', 'b', 'c'])
  })

  for (const history of ['sinceJoin', 'shared'] as const) {
    it(`E9: removed and added again with ${history} history: no complaint, nothing doubled, in order`, async () => {
      const [alice, bob] = [await listening(), await listening()]
      const conversation = await group(alice, [bob], history)
      const sayAll = (...lines: ReadonlyArray<string>) => Promise.all(lines.map((line) => alice.client.command(conversation, message(line))))
      await sayAll('a', 'b')
      await alice.client.command(conversation, { type: 'RemoveMember', userId: bob.caller.account })
      await sayAll('unseen', 'unseen')
      await alice.client.command(conversation, { type: 'AddMembers', members: [bob.caller.account] })
      await sayAll('c', 'd')
      await until(() => bob.heard.some((event) => text(event) === 'd'))
      const sequences = sequencesOf(bob, conversation)
      expect(sequences).toEqual(sequences.toSorted((one, next) => one - next))
      expect([...new Set(sequences)]).toEqual(sequences)
      expect([bob.complaints, alice.complaints]).toEqual([[], []])
    })
  }

  it('edits, deletions and reactions are verified like messages', async () => {
    const [alice, bob] = [await listening(), await listening()]
    const conversation = await group(alice, [bob])
    const { sequence: target } = await alice.client.command(conversation, message('one'))
    await alice.client.command(conversation, { type: 'EditMessage', target, content: { text: 'two' } })
    await bob.client.command(conversation, { type: 'React', target, reaction: { text: '👍' } })
    await bob.client.markRead(conversation, target)
    bob.client.drop()
    await alice.client.command(conversation, { type: 'DeleteMessage', target })
    await until(() => bob.heard.at(-1)?.type === 'MessageDeleted')
    expect(bob.heard.slice(-4).map(({ type }) => type)).toEqual(['MessageSent', 'MessageEdited', 'ReactionAdded', 'MessageDeleted'])
    expect([bob.complaints, alice.complaints]).toEqual([[], []])
  })

  it('typing, deliveries, presence and muting go from client to client; what is watched is watched again after a drop', async () => {
    const [alice, bob] = [await listening(), await listening()]
    const conversation = await group(alice, [bob])
    const [hers, his] = [alice.caller.account, bob.caller.account]
    await until(() => bob.heard.length > 0)
    alice.client.watchPresence([his])
    await until(() => alice.told.length === 1)
    bob.client.setTyping(conversation)
    await until(() => alice.told.length === 2)
    const { sequence } = await alice.client.command(conversation, message('one'))
    await until(() => alice.told.length === 3)
    expect(alice.told).toEqual([['presence', his, true], ['typing', his], ['delivered', his, sequence]])
    alice.client.drop()
    await until(() => alice.told.length === 4)
    expect(alice.told.at(-1)).toEqual(['presence', his, true])
    await bob.client.mute(conversation, true)
    expect(bob.told, `of ${hers} nothing was to be told`).toEqual([])
  })
})
