import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { Caller, CommandSide } from '../../command-side/index.js'
import type { Acknowledgement } from '../../events/wire/answers.js'
import type { ConversationCommand } from '../../events/wire/commands.js'
import { derivedId } from '../../events/ids.js'
import { conversationStream } from '../../events/streams.js'
import { aGroup, aMember, answer, codeOf, commandSides, message, refusal, stored } from '../support/command-side.js'

type Creation = Extract<ConversationCommand, { readonly type: 'CreateConversation' }>
type World = ReturnType<typeof commandSides>

const everyCommand = (carla: Caller, dora: Caller): ReadonlyArray<ConversationCommand> => [
  message('one'),
  { type: 'AddMembers', members: [carla.account, dora.account] },
  { type: 'ChangeRole', userId: carla.account, role: 'admin' },
  { type: 'RenameConversation', name: { text: 'Weather' } },
  { ...message('two'), replyTo: 2 },
  { type: 'EditMessage', target: 2, content: { text: 'one, corrected' } },
  { type: 'React', target: 2, reaction: { text: '👍' } },
  { type: 'React', target: 2, reaction: { text: '🎉' } },
  { type: 'Unreact', target: 2, reaction: { text: '👍' } },
  { type: 'PinMessage', target: 2 },
  { type: 'UnpinMessage', target: 2 },
  { type: 'DeleteMessage', target: 2 },
  { type: 'RemoveMember', userId: dora.account },
  { type: 'LeaveConversation' },
]

/** The same commands again, each with one thing changed. */
const otherBodies = (commands: ReadonlyArray<ConversationCommand>, anyone: string): ReadonlyArray<ReadonlyArray<ConversationCommand>> =>
  commands.map((command): ReadonlyArray<ConversationCommand> => {
    switch (command.type) {
      case 'SendMessage':
        return [
          { ...command, content: { text: 'something else' } }, { ...command, messageId: uuidv7() }, { ...command, replyTo: 1 },
          { type: 'EditMessage', target: 2, content: command.content },
        ]
      case 'AddMembers':
        return [{ type: 'AddMembers', members: [...command.members, anyone] }, { type: 'AddMembers', members: command.members.slice(1) }, message('x')]
      case 'ChangeRole':
        return [{ ...command, role: 'member' }, { ...command, userId: anyone }]
      case 'RenameConversation':
        return [{ ...command, name: { text: 'Climate' } }]
      case 'EditMessage':
        return [{ ...command, content: { text: 'one' } }, { ...command, target: 3 }]
      case 'React':
      case 'Unreact':
        return [{ ...command, target: 7 }, { ...command, type: command.type === 'React' ? 'Unreact' : 'React' }]
      case 'PinMessage':
        return [{ ...command, target: 3 }, { ...command, type: 'UnpinMessage' }]
      case 'UnpinMessage':
      case 'DeleteMessage':
        return [{ ...command, target: 3 }, { ...command, type: 'PinMessage' }]
      case 'RemoveMember':
        return [{ ...command, userId: anyone }, { type: 'LeaveConversation' }]
      default:
        return [message('x')]
    }
  })

const times = <A>(count: number, work: () => Promise<A>): ReadonlyArray<Promise<A>> => Array.from({ length: count }, work)

/** Sends a command 1 to 5 times, at once, through processes that run, one that just started, and the same again. */
const sentManyTimes = async (world: World, sides: ReadonlyArray<CommandSide>, caller: Caller, group: string, counter: number, command: ConversationCommand) => {
  const through = (side: CommandSide) => () => answer(side.conversation(caller, group, counter, command))
  const count = 1 + (counter % 5)
  const before = stored(world.log)
  const first = await Promise.all(times(count, () => through(sides[Math.floor(Math.random() * sides.length)] ?? world.start())()))
  const appended = stored(world.log) - before
  const again = await Promise.all([...sides.map((side) => through(side)()), through(world.start())()])
  expect(stored(world.log) - before).toBe(appended)
  return { answers: [...first, ...again], appended }
}

describe('L5: the same command again', () => {
  it('each command, sent 1-5 times at once through three processes and again after a restart: once in the log, one answer', async () => {
    const world = commandSides()
    const sides = [world.start(), world.start(), world.start()]
    const [ada, carla, dora] = [await aMember(world.start()), await aMember(world.start()), await aMember(world.start())]
    const group = await aGroup(world.start(), ada)
    for (const [index, command] of everyCommand(carla, dora).entries()) {
      const sent = await sentManyTimes(world, sides, ada, group, 2 + index, command)
      expect(new Set(sent.answers.map((one) => JSON.stringify(one))).size).toBe(1)
      expect(sent.appended).toBe(command.type === 'AddMembers' ? 2 : 1)
    }
    expect(world.defects).toEqual([])
  })

  it('any command again long after, by a process that knows nothing: the original answer; another body is refused', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, carla, dora, erik] = [await aMember(side), await aMember(side), await aMember(side), await aMember(side)]
    const group = await aGroup(side, ada)
    const commands = everyCommand(carla, dora)
    const answers: Acknowledgement[] = []
    for (const [index, command] of commands.entries()) answers.push(await answer(side.conversation(ada, group, 2 + index, command)))
    const before = stored(world.log)
    for (const late of [world.start(), side]) {
      for (const [index, command] of [...commands.entries()].reverse()) {
        expect(await answer(late.conversation(ada, group, 2 + index, command))).toEqual(answers[index])
      }
      for (const [index, bodies] of otherBodies(commands, erik.account).entries()) {
        // Of the first message and its reactions the key is gone: what is forgotten is not compared.
        for (const body of bodies) {
          const forgotten = index === 0 && body.type === 'SendMessage' && body.content !== undefined && 'text' in body.content && body.content.text === 'something else'
          if (forgotten || (commands[index]?.type === 'EditMessage' && body.type === 'EditMessage' && body.target === 2)) continue
          expect([index, body.type, await refusal(late.conversation(ada, group, 2 + index, body))]).toMatchObject([
            index, body.type, { type: 'urn:tidings:problem:counter-reused', expectedCounter: commands.length + 2 },
          ])
        }
      }
    }
    expect(stored(world.log)).toBe(before)
    expect(world.defects).toEqual([])
  })

  it('creating again under its number is the same; under another body it is refused', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    const group = uuidv7()
    const create: Creation = { type: 'CreateConversation', kind: 'group', encryption: 'readable', members: [ben.account], name: { text: 'Weather' } }
    const original = await answer(side.conversation(ada, group, 1, create))
    expect(await answer(world.start().conversation(ada, group, 1, { ...create, history: 'sinceJoin' }))).toEqual(original)
    const others: ReadonlyArray<ConversationCommand> = [
      { ...create, members: [] }, { ...create, name: { text: 'x' } }, { ...create, encryption: 'e2ee' }, { ...create, history: 'shared' }, message('x'),
    ]
    for (const other of others) {
      expect(codeOf(await refusal(world.start().conversation(ada, group, 1, other)))).toBe('counter-reused')
    }
    expect(world.log.streams.get(conversationStream(group))).toHaveLength(4)
  })

  it('a number too far on is refused with the number expected, and the right one then goes through', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const before = stored(world.log)
    expect(await refusal(side.conversation(ada, group, 7, message('x')))).toMatchObject({ type: 'urn:tidings:problem:counter-skipped', expectedCounter: 2 })
    expect(stored(world.log)).toBe(before)
    await answer(side.conversation(ada, group, 2, message('x')))
  })

  it('refused and unchanged commands leave their number free (ADR 4)', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    await refusal(side.conversation(ada, group, 2, { type: 'PinMessage', target: 99 }))
    expect(await answer(side.conversation(ada, group, 2, { type: 'RemoveMember', userId: uuidv7() }))).toMatchObject({ unchanged: true })
    expect(await answer(side.conversation(ada, group, 2, message('x')))).toMatchObject({ sequence: 2 })
  })

  it('two accounts whose devices bear one id do not use up each other’s numbers', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    const group = await aGroup(side, ada, ben)
    const mallory = { account: ben.account, device: ada.device }
    await answer(side.account(ben.account, { type: 'RegisterDevice', deviceId: ada.device }))
    const stolen = await answer(side.conversation(mallory, group, 1, message('mine is 1')))
    const mine = message('mine is 2')
    const original = await answer(side.conversation(ada, group, 2, mine))
    expect(await answer(world.start().conversation(ada, group, 2, mine))).toEqual(original)
    expect(stolen.sequence).toBe(3)
  })
})

describe('message ids', () => {
  it('the id of a stored message is refused: same conversation, another one, another member, after deletion', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    const [group, other] = [await aGroup(side, ada, ben), await aGroup(side, ada, ben)]
    const first = message('first')
    const { sequence } = await answer(side.conversation(ada, group, 2, first))
    const reused = async (by: Caller, where: string, counter: number) => {
      const before = stored(world.log)
      for (const one of [side, world.start()]) {
        expect(codeOf(await refusal(one.conversation(by, where, counter, { ...first, content: { text: 'second' } })))).toBe('message-id-reused')
      }
      expect(stored(world.log)).toBe(before)
    }
    await reused(ada, group, 3)
    await reused(ben, group, 1)
    await reused(ada, other, 2)
    await answer(side.conversation(ada, group, 3, { type: 'DeleteMessage', target: sequence }))
    await reused(ada, group, 4)
    await reused(ben, other, 1)
  })

  it('a key without its message (a crash in between) is no obstacle to sending it again', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const group = await aGroup(side, ada)
    const lost = message('sent twice')
    await world.parts().keyStore.obtain([{ unit: lost.messageId, owner: conversationStream(group) }])()
    expect(await answer(side.conversation(ada, group, 2, lost))).toMatchObject({ sequence: 2 })
  })

  it('ids that name something else are no message ids: derived ones, and the conversation’s own', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const [group, other] = [await aGroup(side, ada), await aGroup(side, ada)]
    const derived = derivedId('spec', 'a message')
    for (const messageId of [derived, group]) expect(codeOf(await refusal(side.conversation(ada, group, 2, message('x', { messageId }))))).toBe('malformed')
    expect(codeOf(await refusal(side.conversation(ada, group, 2, message('x', { messageId: other }))))).toBe('message-id-reused')
  })

  it('one id by two devices through two processes at once: one message', async () => {
    const world = commandSides()
    const sides = [world.start(), world.start()]
    const [ada, ben] = [await aMember(world.start()), await aMember(world.start())]
    const group = await aGroup(world.start(), ada, ben)
    for (let round = 0; round < 50; round += 1) {
      const same = message('who is first?')
      const before = stored(world.log)
      const counters = [ada, ben].map((by) => 1 + (world.log.streams.get(conversationStream(group)) ?? [])
        .filter(({ metadata }) => Buffer.from(metadata).toString().includes(by.device)).reduce((most, { metadata }) => Math.max(most, JSON.parse(Buffer.from(metadata).toString()).command.counter), 0))
      await Promise.all([ada, ben].map((by, index) => sides[index]?.conversation(by, group, counters[index] ?? 1, same)()))
      expect(stored(world.log)).toBe(before + 1)
    }
    expect(world.defects).toEqual([])
  })
})
