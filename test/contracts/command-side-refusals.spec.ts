import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { Caller, CommandSide } from '../../command-side/index.js'
import type { Problem } from '../../events/wire/answers.js'
import type { ConversationCommand } from '../../events/wire/commands.js'
import { aGroup, aMember, answer, codeOf, commandSides, message, refusal, stored } from '../support/command-side.js'

/** Issue A, bad input: every command by everyone who may not send it. Each answer is typed and nothing is stored. */

interface Scene {
  readonly world: ReturnType<typeof commandSides>
  readonly side: CommandSide
  readonly admin: Caller
  readonly member: Caller
  readonly removed: Caller
  readonly outsider: Caller
  readonly group: string
  /** Sequence of a message of the admin's. */
  readonly target: number
}

const scene = async (): Promise<Scene> => {
  const world = commandSides()
  const side = world.start()
  const [admin, member, removed, outsider] = [await aMember(side), await aMember(side), await aMember(side), await aMember(side)]
  const group = await aGroup(side, admin, member, removed)
  const { sequence } = await answer(side.conversation(admin, group, 2, message('of the admin')))
  await answer(side.conversation(member, group, 1, message('of the member')))
  await answer(side.conversation(removed, group, 1, message('of the removed')))
  await answer(side.conversation(admin, group, 3, { type: 'RemoveMember', userId: removed.account }))
  return { world, side, admin, member, removed, outsider, group, target: sequence }
}

const commands: Readonly<Record<ConversationCommand['type'], (scene: Scene) => ConversationCommand>> = {
  CreateConversation: () => ({ type: 'CreateConversation', kind: 'group', encryption: 'readable', members: [] }),
  AddMembers: ({ outsider }) => ({ type: 'AddMembers', members: [outsider.account] }),
  RemoveMember: ({ admin }) => ({ type: 'RemoveMember', userId: admin.account }),
  LeaveConversation: () => ({ type: 'LeaveConversation' }),
  ChangeRole: ({ member }) => ({ type: 'ChangeRole', userId: member.account, role: 'admin' }),
  RenameConversation: () => ({ type: 'RenameConversation', name: { text: 'Climate' } }),
  SendMessage: () => message('a word'),
  EditMessage: ({ target }) => ({ type: 'EditMessage', target, content: { text: 'another word' } }),
  DeleteMessage: ({ target }) => ({ type: 'DeleteMessage', target }),
  React: ({ target }) => ({ type: 'React', target, reaction: { text: '👍' } }),
  Unreact: ({ target }) => ({ type: 'Unreact', target, reaction: { text: '👍' } }),
  PinMessage: ({ target }) => ({ type: 'PinMessage', target }),
  UnpinMessage: ({ target }) => ({ type: 'UnpinMessage', target }),
}
const adminsOnly: ReadonlyArray<ConversationCommand['type']> = ['AddMembers', 'RemoveMember', 'ChangeRole', 'RenameConversation']
const sendersOnly: ReadonlyArray<ConversationCommand['type']> = ['EditMessage', 'DeleteMessage']
const all = Object.entries(commands) as ReadonlyArray<[ConversationCommand['type'], (scene: Scene) => ConversationCommand]>

/** The refusal by a process that knows the stream and by one that just started: equal, and nothing is stored. */
const refused = async ({ world, side }: Scene, caller: Caller, conversation: string, counter: number, command: ConversationCommand): Promise<Problem> => {
  const before = [stored(world.log), world.units.rows.size]
  const [warm, cold] = [await refusal(side.conversation(caller, conversation, counter, command)), await refusal(world.start().conversation(caller, conversation, counter, command))]
  expect(cold).toEqual(warm)
  expect([stored(world.log), world.units.rows.size]).toEqual(before)
  expect(world.defects).toEqual([])
  return warm
}

describe.each(all)('E9: %s', (type, of) => {
  it('by someone who was never a member: as if the conversation were not there, byte for byte', async () => {
    const here = await scene()
    const denied = await refused(here, here.outsider, here.group, 1, of(here))
    expect(codeOf(denied)).toBe('not-found')
    if (type === 'CreateConversation') return
    const absent = await refused(here, here.outsider, uuidv7(), 1, of(here))
    expect(JSON.stringify(denied)).toBe(JSON.stringify(absent))
  })

  it('by a removed member: not found', async () => {
    const here = await scene()
    expect(codeOf(await refused(here, here.removed, here.group, 2, of(here)))).toBe('not-found')
  })

  if (adminsOnly.includes(type) || sendersOnly.includes(type)) it('by a member without the role: forbidden', async () => {
    const here = await scene()
    expect(codeOf(await refused(here, here.member, here.group, 2, of(here)))).toBe('forbidden')
  })

  it('L5: under a used number: reused, with the number expected', async () => {
    const here = await scene()
    expect(await refused(here, here.admin, here.group, 2, of(here))).toMatchObject({ type: 'urn:tidings:problem:counter-reused', expectedCounter: 4 })
  })

  it('L5: under a number too far on: skipped, with the number expected; to an outsider as if nothing were there', async () => {
    const here = await scene()
    expect(await refused(here, here.admin, here.group, 9, of(here))).toMatchObject({ type: 'urn:tidings:problem:counter-skipped', expectedCounter: 4 })
    expect(await refused(here, here.outsider, here.group, 9, of(here))).toEqual(await refused(here, here.outsider, uuidv7(), 9, of(here)))
  })

  it('from a device that is unknown or revoked, or an account that is not registered', async () => {
    const here = await scene()
    expect(codeOf(await refused(here, { ...here.admin, device: uuidv7() }, here.group, 4, of(here)))).toBe('device-unknown')
    expect(codeOf(await refused(here, { account: uuidv7(), device: here.admin.device }, here.group, 4, of(here)))).toBe('account-unknown')
    await answer(here.side.account(here.admin.account, { type: 'RevokeDevice', deviceId: here.admin.device }))
    expect(codeOf(await refused(here, here.admin, here.group, 4, of(here)))).toBe('device-unknown')
  })
})

describe('other refusals', () => {
  it('a message that is not there, and one from before a member joined, answer alike', async () => {
    const here = await scene()
    const absent = await refused(here, here.member, here.group, 2, { type: 'React', target: 99, reaction: { text: '👍' } })
    expect(codeOf(absent)).toBe('not-found')
    expect(await refused(here, here.member, here.group, 2, { ...message('x'), replyTo: 99 })).toEqual(absent)
  })

  it('members that are not registered are named, to those who may add', async () => {
    const here = await scene()
    const nobody = uuidv7()
    const denied = await refused(here, here.admin, here.group, 4, { type: 'AddMembers', members: [here.outsider.account, nobody] })
    expect(codeOf(denied)).toBe('not-found')
    expect(denied.detail).toContain(nobody)
    expect((await refused(here, here.outsider, here.group, 1, { type: 'AddMembers', members: [nobody] })).detail).not.toContain(nobody)
  })

  it.each([
    ['too large', { ...message('x'.repeat(32 * 1024 + 1)) }, 'too-large'],
    ['of the other class', { type: 'SendMessage', messageId: uuidv7(), content: { ciphertext: 'AAAA' } }, 'malformed'],
    ['with a lone surrogate', message('\ud800'), 'malformed'],
  ] as const)('content %s', async (_, command, code) => {
    const here = await scene()
    const { world, side, admin, group } = here
    const before = stored(world.log)
    expect(codeOf(await refusal(side.conversation(admin, group, 4, command)))).toBe(code)
    expect(stored(world.log)).toBe(before)
  })

  it('what was deleted is neither edited nor reacted to', async () => {
    const here = await scene()
    await answer(here.side.conversation(here.admin, here.group, 4, { type: 'DeleteMessage', target: here.target }))
    for (const command of [commands.EditMessage(here), commands.React(here), commands.PinMessage(here)]) {
      expect(codeOf(await refused(here, here.admin, here.group, 5, command))).toBe('conflict')
    }
  })
})
