import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { limits } from '../../events/limits.js'
import { accountStream } from '../../events/streams.js'
import { aMember, answer, codeOf, commandSides, refusal, stored } from '../support/command-side.js'

const typesIn = (world: ReturnType<typeof commandSides>, account: string): ReadonlyArray<string> =>
  (world.log.streams.get(accountStream(account)) ?? []).map(({ type }) => type)

describe('what accounts decide about others', () => {
  it('P2: eight processes add a close friend at 99 at once: one wins', async () => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const friends = await Promise.all(Array.from({ length: limits.closeFriends - 1 + 8 }, () => aMember(side)))
    const add = (by: typeof side, userId: string) => by.account(ada.account, { type: 'AddCloseFriend', userId })
    for (const { account } of friends.slice(8)) await answer(add(side, account))
    const outcomes = await Promise.all(friends.slice(0, 8).map(({ account }) => add(world.start(), account)()))
    expect(outcomes.filter(E.isRight)).toHaveLength(1)
    expect(outcomes.filter(E.isLeft).map(({ left }) => codeOf(left))).toEqual(Array(7).fill('limit-reached'))
    expect(typesIn(world, ada.account).filter((type) => type === 'CloseFriendAdded')).toHaveLength(limits.closeFriends)
  })

  it.each([
    { type: 'Follow' }, { type: 'AddCloseFriend' }, { type: 'Block' }, { type: 'HideStoriesFrom', hidden: true }, { type: 'MuteStories', muted: true },
  ] as const)('$type: an account that is not there is not found, and nothing is appended', async (command) => {
    const world = commandSides()
    const side = world.start()
    const ada = await aMember(side)
    const before = stored(world.log)
    expect(codeOf(await refusal(side.account(ada.account, { ...command, userId: uuidv7() })))).toBe('not-found')
    expect(codeOf(await refusal(side.account(ada.account, { ...command, userId: ada.account })))).toBe('malformed')
    expect(stored(world.log)).toBe(before)
  })

  it('P1: whoever was blocked is told nothing of it: following answers as ever and touches its own stream only', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben, eve] = [await aMember(side), await aMember(side), await aMember(side)]
    await answer(side.account(ada.account, { type: 'Block', userId: ben.account }))
    const adasEvents = typesIn(world, ada.account)
    const follow = (who: string) => answer(side.account(who, { type: 'Follow', userId: ada.account }))
    const [blocked, other] = [await follow(ben.account), await follow(eve.account)]
    expect({ ...blocked, position: '', recordedAt: 0 }).toEqual({ ...other, position: '', recordedAt: 0 })
    expect(await follow(ben.account)).toMatchObject({ unchanged: true })
    expect(typesIn(world, ada.account)).toEqual(adasEvents)
    expect(typesIn(world, ben.account).at(-1)).toBe('UserFollowed')
  })

  it('blocking ends following and close friendship by one append, and is refused its contrary until it ends', async () => {
    const world = commandSides()
    const side = world.start()
    const [ada, ben] = [await aMember(side), await aMember(side)]
    const say = (type: 'Follow' | 'AddCloseFriend' | 'Block' | 'Unblock') => side.account(ada.account, { type, userId: ben.account })
    await answer(say('Follow'))
    await answer(say('AddCloseFriend'))
    await answer(say('Block'))
    expect(typesIn(world, ada.account).slice(-3)).toEqual(['UserBlocked', 'UserUnfollowed', 'CloseFriendRemoved'])
    expect(codeOf(await refusal(say('Follow')))).toBe('conflict')
    await answer(say('Unblock'))
    expect(await answer(say('Follow'))).not.toHaveProperty('unchanged')
  })
})
