import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { Compile } from 'typebox/compile'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { CommandSide } from '../command-side.js'
import { problem } from '../../events/wire/problems.js'
import { commandRoutes } from './routes.js'

const ack = { sequence: 4, recordedAt: 5, mentions: [] }
const caller = { account: uuidv7(), device: uuidv7() }
const conversation = uuidv7()

/** A command side that answers with what it was called with. */
const heard: unknown[][] = []
const commandSide: CommandSide = {
  conversation: (...args) => { heard.push(args); return args[2] === 9 ? TE.left(problem('counter-skipped', { expectedCounter: 1 })) : TE.right(ack) },
  markRead: (...args) => { heard.push(args); return TE.right(ack) },
  muteConversation: (...args) => { heard.push(args); return TE.right(ack) },
  account: (...args) => { heard.push(args); return TE.right(ack) },
  story: (...args) => { heard.push(args); return TE.right(ack) },
  expireStories: () => TE.right([]),
  markNotificationsRead: (...args) => { heard.push(args); return TE.right(ack) },
  deviceIsLive: () => TE.right(true),
  close: async () => undefined,
}

const route = (operationId: string) => {
  const found = commandRoutes(commandSide).find((one) => one.operationId === operationId)
  if (found === undefined) throw new Error(operationId)
  return found
}
const request = (body: unknown) => ({ caller, params: { conversation }, query: {}, body, address: '127.0.0.1' })
const takes = (operationId: string, body: unknown): boolean => {
  const { schema } = route(operationId)
  return schema.body !== undefined && Compile(schema.body).Check(body)
}

describe('the routes of commands', () => {
  it('hand over what was sent and answer with the acknowledgement or the problem', async () => {
    const leave = { type: 'LeaveConversation' } as const
    expect(await route('commandConversation').handle(request({ counter: 3, command: leave }))()).toEqual(E.right({ status: 200, body: ack }))
    expect(heard.at(-1)).toEqual([caller, conversation, 3, leave])
    expect(await route('commandConversation').handle(request({ counter: 9, command: leave }))()).toMatchObject({ left: { status: 409, expectedCounter: 1 } })
    expect(await route('markNotificationsRead').handle(request({ through: '42' }))()).toEqual(E.right({ status: 200, body: ack }))
    expect(heard.at(-1)).toEqual([caller.account, { through: '42' }])
    expect(await route('markRead').handle(request({ through: 7 }))()).toEqual(E.right({ status: 200, body: ack }))
    expect(heard.at(-1)).toEqual([caller, conversation, { type: 'MarkRead', through: 7 }])
    expect(await route('muteConversation').handle(request({ muted: true }))()).toEqual(E.right({ status: 200, body: ack }))
    expect(heard.at(-1)).toEqual([caller, conversation, { type: 'MuteConversation', muted: true }])
    const view = { type: 'ViewStory', author: caller.account, storyId: uuidv7() } as const
    expect(await route('commandStories').handle(request(view))()).toEqual(E.right({ status: 200, body: ack }))
    expect(heard.at(-1)).toEqual([caller, view])
    const revoke = { type: 'RevokeDevice', deviceId: caller.device } as const
    expect(await route('commandAccount').handle(request(revoke))()).toEqual(E.right({ status: 200, body: ack }))
    expect(heard.at(-1)).toEqual([caller.account, revoke])
  })

  it('take what the wire says and nothing else', () => {
    expect(takes('commandConversation', { counter: 1, command: { type: 'PinMessage', target: 3 } })).toBe(true)
    for (const body of [
      { counter: 0, command: { type: 'LeaveConversation' } }, { command: { type: 'LeaveConversation' } }, { counter: 1, command: { type: 'LeaveConversation', more: 1 } },
      { counter: 1, command: { type: 'Shout' } }, { counter: 1, command: { type: 'PinMessage', target: '3' } }, { counter: 1, more: 1, command: { type: 'LeaveConversation' } },
    ]) expect(takes('commandConversation', body)).toBe(false)
    expect([takes('markNotificationsRead', { through: '42' }), takes('markNotificationsRead', { through: '' }), takes('markNotificationsRead', { through: '4', clear: true })]).toEqual([true, false, true])
    expect([takes('muteConversation', { muted: false }), takes('muteConversation', { muted: 1 }), takes('muteConversation', {})]).toEqual([true, false, false])
    expect([takes('markRead', { through: 0 }), takes('markRead', { through: -1 })]).toEqual([true, false])
  })

  it('only commands about the account itself do without a device', () =>
    expect(commandRoutes(commandSide).map(({ access }) => access)).toEqual(['device', 'device', 'device', 'account', 'device', 'account']))
})
