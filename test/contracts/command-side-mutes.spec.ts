import { describe, expect, it } from 'vitest'
import { receiptsStream } from '../../events/streams.js'
import { aGroup, aMember, answer, codeOf, commandSides, numbered, refusal, stored } from '../support/command-side.js'

const mute = (muted: boolean) => ({ type: 'MuteConversation', muted }) as const

describe('muting a conversation', () => {
  it('P4: is said in the order of the calls, by its members only; a stranger is told of nothing', async () => {
    const { start, log } = commandSides()
    const side = start()
    const [ada, bea, eve] = [await aMember(side), await aMember(side), await aMember(side)]
    const conversation = await aGroup(side, ada, bea)
    const acks = await Promise.all([true, false, true].map((muted) => answer(side.muteConversation(bea, conversation, mute(muted)))))
    expect(acks.map(({ sequence }) => sequence)).toEqual([0, 1, 2])
    const events = log.streams.get(receiptsStream(conversation)) ?? []
    expect(events.map(({ type, data }) => [type, JSON.parse(Buffer.from(data).toString()) as unknown])).toEqual(
      [true, false, true].map((muted) => ['MuteChanged', { userId: bea.account, muted }]))
    const before = stored(log)
    expect(codeOf(await refusal(side.muteConversation(eve, conversation, mute(true))))).toBe('not-found')
    expect(await refusal(side.muteConversation(eve, conversation, mute(true)))).toEqual(await refusal(side.muteConversation(eve, eve.account, mute(true))))
    await numbered(side, ada, conversation, 2)({ type: 'RemoveMember', userId: bea.account })
    expect(codeOf(await refusal(start().muteConversation(bea, conversation, mute(false))))).toBe('not-found')
    expect(stored(log)).toBe(before + 1)
  })

  it('the same again changes nothing, whichever process is asked and whatever others said meanwhile', async () => {
    const { start, log } = commandSides()
    const side = start()
    const [ada, bea] = [await aMember(side), await aMember(side)]
    const conversation = await aGroup(side, ada, bea)
    const first = await answer(side.muteConversation(bea, conversation, mute(true)))
    expect(first.unchanged).toBeUndefined()
    await answer(side.muteConversation(ada, conversation, mute(false)))
    const before = stored(log)
    for (const one of [side, start()]) expect(await answer(one.muteConversation(bea, conversation, mute(true)))).toEqual({ ...first, unchanged: true })
    expect(stored(log)).toBe(before)
    const last = await answer(start().muteConversation(bea, conversation, mute(false)))
    expect([last.unchanged, last.sequence]).toEqual([undefined, 2])
    expect((await answer(side.muteConversation(bea, conversation, mute(true)))).sequence).toBe(3)
  })

  it('a device that is none of the account mutes nothing', async () => {
    const side = commandSides().start()
    const [ada, bea] = [await aMember(side), await aMember(side)]
    const conversation = await aGroup(side, ada)
    expect(codeOf(await refusal(side.muteConversation({ ...ada, device: bea.device }, conversation, mute(true))))).toBe('device-unknown')
  })
})
