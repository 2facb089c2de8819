import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { Caller, CommandSide } from '../../command-side/index.js'
import type { StoryFacts } from '../../command-side/ports.js'
import { decode } from '../../events/codec.js'
import { directConversationId } from '../../events/ids.js'
import type { StreamName } from '../../events/event-store.js'
import type { MemoryLog } from '../../adapters/memory/log.js'
import { conversationStream } from '../../events/streams.js'
import { aGroup, aMember, answer, codeOf, commandSides, message, numbered, refusal, stored } from '../support/command-side.js'
import { projectedFacts } from '../support/projected-facts.js'

const dataOf = (log: MemoryLog, stream: StreamName): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  (log.streams.get(stream) ?? []).map((event) => {
    const decoded = decode(event)
    if (E.isLeft(decoded)) throw new Error(decoded.left._tag)
    return decoded.right.data
  })

const group = async () => {
  const world = commandSides()
  const side = world.start()
  const [ada, ben, cem] = [await aMember(side), await aMember(side), await aMember(side)]
  const conversation = await aGroup(side, ada, ben)
  return { ...world, side, ada, ben, cem, conversation, last: () => dataOf(world.log, conversationStream(conversation)).at(-1) }
}

describe('M2: mentions in commands', () => {
  it('readable: the text says who is mentioned, the acknowledgement what became of each', async () => {
    const { side, ada, ben, cem, conversation, last } = await group()
    const text = `@${ben.handle.toUpperCase()} @${cem.handle} @nobody_here @${ada.handle} \`@${cem.handle}x\``
    const { mentions } = await answer(side.conversation(ada, conversation, 2, message(text)))
    expect(mentions).toEqual([
      { handle: ben.handle, outcome: 'notified' }, { handle: cem.handle, outcome: 'not-a-member' },
      { handle: 'nobody_here', outcome: 'unknown' }, { handle: ada.handle, outcome: 'self' },
    ])
    expect(last()?.['mentions']).toEqual([ben.account])
  })

  it('X2: e2ee: those that the command lists; in readable conversations the list says nothing', async () => {
    const { side, ada, ben, cem, conversation, last } = await group()
    const sealed = uuidv7()
    await answer(side.conversation(ada, sealed, 1, { type: 'CreateConversation', kind: 'group', members: [ben.account] }))
    const listed = { mentions: [ben.handle, ben.handle.toUpperCase(), cem.handle] }
    const secret = { type: 'SendMessage', messageId: uuidv7(), content: { ciphertext: 'c2VjcmV0' }, ...listed } as const
    expect((await answer(side.conversation(ada, sealed, 2, secret))).mentions).toEqual([{ handle: ben.handle, outcome: 'notified' }, { handle: cem.handle, outcome: 'not-a-member' }])
    expect((await answer(side.conversation(ada, conversation, 2, { ...message('nobody'), ...listed }))).mentions).toEqual([])
    expect(last()).not.toHaveProperty('mentions')
  })

  it('L5: the same answer again, also when somebody joined or left since', async () => {
    const { side, start, ada, ben, cem, conversation } = await group()
    const command = message(`@${ben.handle} @${cem.handle} @nobody_here @${ada.handle}`)
    const first = await answer(side.conversation(ada, conversation, 2, command))
    await answer(side.conversation(ada, conversation, 3, { type: 'AddMembers', members: [cem.account] }))
    await answer(side.conversation(ada, conversation, 4, { type: 'RemoveMember', userId: ben.account }))
    for (const again of [side, start()]) expect(await answer(again.conversation(ada, conversation, 2, command))).toEqual(first)
  })

  it.each([true, false])('M5: an edit mentions those who were not mentioned before, and answers the same again (projections: %s)', async (projected) => {
    const world = await group()
    const facts = projectedFacts(world.log)
    const side = world.start(projected ? facts : {})
    const { ada, ben, cem, conversation } = world
    const send = async (counter: number, command: Parameters<CommandSide['conversation']>[3]) => {
      facts.comeUp(0)
      return answer(side.conversation(ada, conversation, counter, command))
    }
    const { sequence: target } = await send(2, message(`@${ben.handle} @${cem.handle}`))
    const edit = { type: 'EditMessage', target, content: { text: `@${cem.handle} @${ben.handle}` } } as const
    const first = await send(3, edit)
    expect(first.mentions).toEqual([{ handle: cem.handle, outcome: 'not-a-member' }, { handle: ben.handle, outcome: 'notified' }])
    expect(world.last()).not.toHaveProperty('mentions')
    await send(4, { type: 'AddMembers', members: [cem.account] })
    const second = await send(5, edit)
    expect(second.mentions.map(({ outcome }) => outcome)).toEqual(['notified', 'notified'])
    expect(world.last()?.['mentions']).toEqual([cem.account])
    await send(6, edit)
    expect(world.last()).not.toHaveProperty('mentions')
    expect(await send(3, edit)).toEqual(first)
    expect(await send(5, edit)).toEqual(second)
  })

  it('the answered message and the one reacted to say whose they are', async () => {
    const { side, ada, ben, conversation, last } = await group()
    const { sequence } = await answer(side.conversation(ada, conversation, 2, message('hello')))
    await answer(side.conversation(ben, conversation, 1, message('hello back', { replyTo: sequence })))
    expect(last()?.['replyToSender']).toBe(ada.account)
    await answer(side.conversation(ben, conversation, 2, { type: 'React', target: sequence, reaction: { text: '+1' } }))
    expect(last()?.['messageSender']).toBe(ada.account)
  })
})

describe('P4: blocks in messaging', () => {
  const direct = async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    const conversation = directConversationId(ada.account, ben.account)
    const send = numbered(side, ada, conversation)
    await send({ type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [ben.account] })
    const { sequence: target } = await send(message('hello'))
    return { ...world, side, ada, ben, conversation, target }
  }
  const absence = (side: CommandSide, caller: Caller) => refusal(side.conversation(caller, uuidv7(), 1, message('to nobody')))

  it.each(['Block' as const, 'blocked by the other' as const])('%s: sending, editing and reacting answer like absence, until it is taken back', async (whose) => {
    const { side, log, ada, ben, conversation, target } = await direct()
    const [blocker, blocked] = whose === 'Block' ? [ada, ben] : [ben, ada]
    const commands = [message('more'), { type: 'EditMessage', target, content: { text: 'other' } }, { type: 'React', target, reaction: { text: '+1' } }] as const
    await answer(side.account(blocker.account, { type: 'Block', userId: blocked.account }))
    const before = stored(log)
    for (const command of commands) expect(await refusal(side.conversation(ada, conversation, 3, command))).toEqual(await absence(side, ada))
    expect(stored(log)).toBe(before)
    await answer(side.conversation(ada, conversation, 3, { type: 'DeleteMessage', target }))
    await answer(side.account(blocker.account, { type: 'Unblock', userId: blocked.account }))
    await answer(side.conversation(ada, conversation, 4, message('again')))
  })

  it('a block made through another process is seen after at most 500 ms', async () => {
    let now = 0
    const { side, start, ada, ben, conversation } = await direct()
    const other = start({ elapsed: () => now })
    await answer(other.conversation(ada, conversation, 3, message('one')))
    await answer(side.account(ben.account, { type: 'Block', userId: ada.account }))
    now += 501
    expect(codeOf(await refusal(other.conversation(ada, conversation, 4, message('two'))))).toBe('not-found')
  })

  it('L5: what was sent before the block is acknowledged again', async () => {
    const { side, ada, ben, conversation } = await direct()
    const command = message('before')
    const first = await answer(side.conversation(ada, conversation, 3, command))
    await answer(side.account(ben.account, { type: 'Block', userId: ada.account }))
    expect(await answer(side.conversation(ada, conversation, 3, command))).toEqual(first)
  })

  it('whoever blocked the actor looks like an account that is not there', async () => {
    const { side, ada, ben, cem, conversation } = await group()
    await answer(side.account(cem.account, { type: 'Block', userId: ada.account }))
    const nobody = uuidv7()
    const asked = [
      (member: string) => side.conversation(ada, directConversationId(ada.account, member), 1, { type: 'CreateConversation', kind: 'direct', members: [member] }),
      (member: string) => side.conversation(ada, uuidv7(), 1, { type: 'CreateConversation', kind: 'group', members: [ben.account, member] }),
      (member: string) => side.conversation(ada, conversation, 2, { type: 'AddMembers', members: [member] }),
    ]
    for (const ask of asked) {
      const [blocking, absent] = [await refusal(ask(cem.account)), await refusal(ask(nobody))]
      expect({ ...blocking, detail: blocking.detail.replace(cem.account, nobody) }).toEqual(absent)
    }
    await answer(side.conversation(ben, uuidv7(), 1, { type: 'CreateConversation', kind: 'group', members: [cem.account] }))
  })
})

describe('answering a story', () => {
  it('only in the direct conversation with its author, by who may see it; else it is not there', async () => {
    const world = commandSides()
    const storyId = uuidv7()
    const asked: string[] = []
    const storyFacts: StoryFacts = { visibleTo: (viewer, author, id) => TE.fromIO(() => { asked.push(`${viewer} ${author}`); return id === storyId }) }
    const side = world.start({ storyFacts })
    const [ada, ben] = [await aMember(side), await aMember(side)]
    const conversation = directConversationId(ada.account, ben.account)
    await answer(side.conversation(ada, conversation, 1, { type: 'CreateConversation', kind: 'direct', encryption: 'readable', members: [ben.account] }))
    const [story, hidden] = [{ author: ben.account, storyId }, { author: ben.account, storyId: uuidv7() }]
    const reply = { ...message('nice'), story }
    for (const command of [{ ...reply, story: hidden }, { ...reply, story: { ...story, author: ada.account } }]) {
      expect(codeOf(await refusal(side.conversation(ada, conversation, 2, command)))).toBe('not-found')
    }
    expect(codeOf(await refusal(world.start().conversation(ada, conversation, 2, reply)))).toBe('not-found')
    const first = await answer(side.conversation(ada, conversation, 2, reply))
    expect(dataOf(world.log, conversationStream(conversation)).at(-1)?.['story']).toEqual(story)
    expect(asked).toContain(`${ada.account} ${ben.account}`)
    expect(await answer(side.conversation(ada, conversation, 2, reply))).toEqual(first)
    expect(codeOf(await refusal(side.conversation(ada, conversation, 2, { ...reply, story: hidden })))).toBe('counter-reused')
  })
})
