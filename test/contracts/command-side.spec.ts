import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { accountStream, conversationStream } from '../../events/streams.js'
import { chainVerifier } from '../../events/hash-chain.js'
import { aGroup, aMember, answer, codeOf, commandSides, message, numbered, refusal } from '../support/command-side.js'

describe('the way of a command', () => {
  it('a group lives: created, talked in, edited, reacted to, pinned, left', async () => {
    const { start, log, defects } = commandSides()
    const side = start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    const group = await aGroup(side, ada, ben)
    const [fromAda, fromBen] = [numbered(side, ada, group, 2), numbered(side, ben, group)]
    const hello = message('hello')
    const sent = await fromAda(hello)
    expect(sent).toMatchObject({ messageId: hello.messageId, sequence: 3, mentions: [] })
    const target = sent.sequence
    await fromBen({ type: 'React', target, reaction: { text: '👍' } })
    expect(await answer(side.conversation(ben, group, 2, { type: 'React', target, reaction: { text: '👍' } }))).toMatchObject({ unchanged: true })
    expect(await fromBen({ type: 'Unreact', target, reaction: { text: '👍' } })).not.toHaveProperty('unchanged')
    await fromBen(message('hello back', { replyTo: target }))
    await fromAda({ type: 'EditMessage', target, content: { text: 'hello!' } })
    await fromAda({ type: 'PinMessage', target })
    await fromAda({ type: 'UnpinMessage', target })
    await fromAda({ type: 'RenameConversation', name: { text: 'Weather' } })
    await fromAda({ type: 'DeleteMessage', target })
    await fromBen({ type: 'LeaveConversation' })
    expect(defects).toEqual([])
    const events = log.streams.get(conversationStream(group)) ?? []
    expect(events.map(({ type }) => type)).toEqual([
      'ConversationCreated', 'MemberAdded', 'MemberAdded', 'MessageSent', 'ReactionAdded', 'ReactionRemoved', 'MessageSent', 'MessageEdited',
      'MessagePinned', 'MessageUnpinned', 'ConversationRenamed', 'MessageDeleted', 'MemberLeft',
    ])
    const check = chainVerifier(conversationStream(group), true)
    expect(events.map(check).filter((broken) => broken !== undefined)).toEqual([])
    for (const event of log.events) expect(Buffer.from(event.data).toString() + Buffer.from(event.sealed ?? []).toString()).not.toContain('hello')
  })

  it('an account registers, changes, claims its handle and gives the old one back', async () => {
    const { start, claims, log } = commandSides()
    const side = start()
    const [ada, ben] = [uuidv7(), uuidv7()]
    const register = (handle: string) => ({ type: 'RegisterAccount', profile: { handle, name: 'Ada' } }) as const
    await answer(side.account(ada, register('ada')))
    expect(codeOf(await refusal(side.account(ben, register('ADA'))))).toBe('handle-taken')
    const change = { type: 'ChangeProfile', profile: { handle: 'countess', name: 'Ada' } } as const
    await answer(side.account(ada, change))
    expect(await answer(side.account(ada, change))).toMatchObject({ unchanged: true, sequence: 1 })
    await answer(side.account(ben, register('ada')))
    expect(claims.size).toBe(2)
    expect(log.streams.get(accountStream(ada))).toHaveLength(2)
  })
})
