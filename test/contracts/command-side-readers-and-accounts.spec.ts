import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import type { EventStore } from '../../events/event-store.js'
import { accountStream, receiptsStream } from '../../events/streams.js'
import { aGroup, aMember, answer, codeOf, commandSides, message, refusal, stored } from '../support/command-side.js'

describe('read markers', () => {
  it('advance, coalesce while an append is under way, and never go beyond what is there', async () => {
    const world = commandSides()
    const { eventStore } = world.parts()
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => { release = resolve })
    const held: EventStore = { ...eventStore, append: (stream, ...args) => async () => {
      if (stream.startsWith('receipts-')) await gate
      return eventStore.append(stream, ...args)()
    } }
    const side = world.start({ eventStore: held })
    const [ada, eve] = [await aMember(side), await aMember(side)]
    const group = await aGroup(side, ada)
    for (let index = 0; index < 10; index += 1) await answer(side.conversation(ada, group, 2 + index, message('x')))
    const read = (through: number, caller = ada) => side.markRead(caller, group, { type: 'MarkRead', through })
    const first = answer(read(2))
    await new Promise((resolve) => setImmediate(resolve))
    const later = [5, 9, 7].map((through) => answer(read(through)))
    await new Promise((resolve) => setImmediate(resolve))
    release()
    expect((await Promise.all([first, ...later])).map(({ sequence }) => sequence)).toEqual([2, 5, 9, 7])
    const throughs = (world.log.streams.get(receiptsStream(group)) ?? []).map(({ data }) => JSON.parse(Buffer.from(data).toString()).through)
    expect(throughs).toEqual([2, 9])
    expect(await answer(read(4))).toMatchObject({ sequence: 4, unchanged: true })
    expect(codeOf(await refusal(read(99)))).toBe('conflict')
    expect(JSON.stringify(await refusal(read(1, eve)))).toBe(JSON.stringify(await refusal(side.markRead(eve, uuidv7(), { type: 'MarkRead', through: 1 }))))
    const again = world.start()
    const before = stored(world.log)
    await answer(again.markRead(ada, group, { type: 'MarkRead', through: 9 }))
    expect(stored(world.log)).toBe(before)
  })
})

describe('handles', () => {
  it('of two processes that change one profile at once both are answered, and only the handle in use stays claimed', async () => {
    const world = commandSides()
    const sides = [world.start(), world.start()]
    const ada = uuidv7()
    await answer(world.start().account(ada, { type: 'RegisterAccount', profile: { handle: 'ada_0', name: 'Ada' } }))
    await Promise.all(sides.map((side, index) => answer(side.account(ada, { type: 'ChangeProfile', profile: { handle: `ada_${index + 1}`, name: 'Ada' } }))))
    expect(world.log.streams.get(accountStream(ada))).toHaveLength(3)
    expect(world.claims.size).toBe(1)
  })

  it('a refused registration claims nothing', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben] = [uuidv7(), uuidv7()]
    await answer(side.account(ada, { type: 'RegisterAccount', profile: { handle: 'ada', name: 'Ada' } }))
    await answer(side.account(ben, { type: 'RegisterAccount', profile: { handle: 'ben', name: 'Ben' } }))
    expect(codeOf(await refusal(side.account(ben, { type: 'ChangeProfile', profile: { handle: 'Ada', name: 'Ben' } })))).toBe('handle-taken')
    expect(await answer(side.account(ben, { type: 'RegisterAccount', profile: { handle: 'other', name: 'Ben' } }))).toMatchObject({ unchanged: true })
    expect([...world.claims.values()].sort()).toEqual([ada, ben].sort())
  })
})
