import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { derivedId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import type { AccountEvent } from '../../events/registry.js'
import { deciderSpecification } from '../../test/support/decider-specification.js'
import type { Fact } from '../handling/draft.js'
import type { AccountCommand, SocialCommand } from './commands.js'
import { accountAggregate, accountDecider, blocks, lastSeenAudience, notificationsOff } from './decider.js'
import { accountLists } from './state.js'

const { given } = deciderSpecification(accountDecider)
const { decider, encodeState, decodeState } = accountAggregate
const anna = derivedId('spec', 'anna')
const userId = derivedId('spec', 'ben')
const registered = { type: 'AccountRegistered', data: { unit: anna } } as const
const about = { actor: anna, userId }
const event = <T extends 'UserFollowed' | 'UserUnfollowed' | 'CloseFriendAdded' | 'CloseFriendRemoved' | 'UserBlocked' | 'UserUnblocked'>(type: T, of = userId) =>
  ({ type, data: { userId: of } }) as { readonly type: T; readonly data: { readonly userId: string } }
const hidden = (stands: boolean) => ({ type: 'StoriesHiddenFrom', data: { userId, hidden: stands } }) as const
const muted = (stands: boolean) => ({ type: 'StoriesMuted', data: { userId, muted: stands } }) as const
const others = (count: number) => Array.from({ length: count }, (_, number) => derivedId('other', String(number)))

type Told = Extract<AccountEvent, { readonly data: { readonly userId: string } }>

interface Pair {
  readonly put: SocialCommand
  readonly take: SocialCommand
  readonly there: Told
  readonly gone: Told
  readonly list: (typeof accountLists)[number]
}

const pairs: ReadonlyArray<Pair> = [
  { list: 'follows', put: { ...about, type: 'Follow' }, take: { ...about, type: 'Unfollow' }, there: event('UserFollowed'), gone: event('UserUnfollowed') },
  { list: 'closeFriends', put: { ...about, type: 'AddCloseFriend' }, take: { ...about, type: 'RemoveCloseFriend' }, there: event('CloseFriendAdded'), gone: event('CloseFriendRemoved') },
  { list: 'blocks', put: { ...about, type: 'Block' }, take: { ...about, type: 'Unblock' }, there: event('UserBlocked'), gone: event('UserUnblocked') },
  { list: 'hiddenFrom', put: { ...about, type: 'HideStoriesFrom', hidden: true }, take: { ...about, type: 'HideStoriesFrom', hidden: false }, there: hidden(true), gone: hidden(false) },
  { list: 'mutedAuthors', put: { ...about, type: 'MuteStories', muted: true }, take: { ...about, type: 'MuteStories', muted: false }, there: muted(true), gone: muted(false) },
]

describe.each(pairs)('$put.type and $take.type', ({ list, put, take, there, gone }) => {
  it('an account puts another on its list and takes it off, again and again', () => {
    given(registered).when(put).then(there)
    given(registered, there).when(take).then(gone)
    given(registered, there, gone).when(put).then(there)
  })

  it('what is so already changes nothing', () => {
    given(registered, there).when(put).thenNothingHappened()
    given(registered).when(take).thenNothingHappened()
  })

  it('nobody does it to itself', () => {
    for (const command of [put, take]) given(registered).when({ ...command, userId: anna }).thenRejected({ _tag: 'AboutItself' })
  })

  it('an account that is not registered has no lists', () => {
    for (const command of [put, take]) given().when(command).thenRejected({ _tag: 'NotRegistered' })
  })

  it(`P2: a list has room for ${limits[list]}, and again once one is taken off`, () => {
    const full = others(limits[list]).map((other): Fact<AccountEvent> => ({ ...there, data: { ...there.data, userId: other } }) as Fact<AccountEvent>)
    const [first] = others(1)
    const oneLess = { ...gone, data: { ...gone.data, userId: first } } as Fact<AccountEvent>
    given(registered, ...full).when(put).thenRejected({ _tag: 'ListIsFull', list, limit: limits[list] })
    given(registered, ...full, oneLess).when(put).then(there)
  })
})

describe('blocking', () => {
  it('ends following and close friendship by the same append', () =>
    given(registered, event('UserFollowed'), event('CloseFriendAdded'))
      .when({ ...about, type: 'Block' })
      .then(event('UserBlocked'), event('UserUnfollowed'), event('CloseFriendRemoved')))

  it.each(['Follow', 'AddCloseFriend'] as const)('%s: not while the account itself blocks the other', (type) => {
    given(registered, event('UserBlocked')).when({ ...about, type }).thenRejected({ _tag: 'BlockedByItself', userId })
    given(registered, event('UserBlocked'), event('UserUnblocked')).when({ ...about, type }).then(type === 'Follow' ? event('UserFollowed') : event('CloseFriendAdded'))
  })
})

describe('being told and seen', () => {
  const set = (enabled: boolean) => ({ type: 'SetNotifications', actor: anna, kind: 'mention', enabled }) as const
  const changed = (enabled: boolean) => ({ type: 'NotificationsChanged', data: { kind: 'mention', enabled } }) as const
  const seen = { type: 'SetLastSeen', actor: anna, visibleTo: 'nobody' } as const

  it('each kind of notification is switched off and on again', () => {
    given(registered).when(set(false)).then(changed(false))
    given(registered, changed(false)).when(set(true)).then(changed(true))
    given(registered).when({ ...set(true), kind: 'reply' }).thenNothingHappened()
  })

  it('last seen is told to everyone until another audience is chosen', () => {
    given(registered).when(seen).then({ type: 'LastSeenChanged', data: { visibleTo: 'nobody' } })
    given(registered).when({ ...seen, visibleTo: 'everyone' }).thenNothingHappened()
  })

  it('an account that is not registered has no settings', () => {
    for (const command of [set(false), seen]) given().when(command).thenRejected({ _tag: 'NotRegistered' })
  })
})

describe('what an account remembers of others', () => {
  it('whom it blocks, what it is not told, who is told when it was last seen', () => {
    const before = decider.evolve(decider.initialState, registered)
    const history: ReadonlyArray<Fact<AccountEvent>> = [
      event('UserBlocked'), { type: 'NotificationsChanged', data: { kind: 'reply', enabled: false } }, { type: 'LastSeenChanged', data: { visibleTo: 'contacts' } },
    ]
    const after = history.reduce(decider.evolve, before)
    expect([before, after].map((state) => [blocks(state, userId), notificationsOff(state, 'reply'), notificationsOff(state, 'mention'), lastSeenAudience(state)]))
      .toEqual([[false, false, false, 'everyone'], [true, true, false, 'contacts']])
    expect([blocks(decider.initialState, userId), notificationsOff(decider.initialState, 'reply'), lastSeenAudience(decider.initialState)]).toEqual([false, false, 'nobody'])
  })

  it('random commands: no list outgrows its limit, nobody is on one by itself, nobody blocked is followed; a snapshot reads back the same', () => {
    const command: fc.Arbitrary<AccountCommand> = fc.oneof(
      fc.record({
        type: fc.constantFrom('Follow' as const, 'AddCloseFriend' as const, 'AddCloseFriend' as const, 'AddCloseFriend' as const, 'Unfollow' as const, 'RemoveCloseFriend' as const, 'Block' as const, 'Unblock' as const),
        actor: fc.constant(anna), userId: fc.constantFrom(anna, ...others(limits.closeFriends + 20)),
      }),
      fc.record({ type: fc.constant('HideStoriesFrom' as const), actor: fc.constant(anna), userId: fc.constantFrom(anna, ...others(9)), hidden: fc.boolean() }),
      fc.record({ type: fc.constant('MuteStories' as const), actor: fc.constant(anna), userId: fc.constantFrom(anna, ...others(9)), muted: fc.boolean() }),
      fc.record({ type: fc.constant('SetNotifications' as const), actor: fc.constant(anna), kind: fc.constantFrom('mention' as const, 'follower' as const), enabled: fc.boolean() }),
      fc.record({ type: fc.constant('SetLastSeen' as const), actor: fc.constant(anna), visibleTo: fc.constantFrom('everyone' as const, 'contacts' as const, 'nobody' as const) }),
    )
    fc.assert(fc.property(fc.array(command, { maxLength: 600, size: 'max' }), (commands) => {
      let state = decider.evolve(decider.initialState, registered)
      for (const each of commands) {
        const decision = decider.decide(each, state)
        if (E.isRight(decision)) state = decision.right.reduce(decider.evolve, state)
      }
      if (state._tag !== 'Registered') throw new Error('it stays registered')
      const account = state
      for (const list of accountLists) {
        expect(account[list].size).toBeLessThanOrEqual(limits[list])
        expect(account[list].has(anna)).toBe(false)
      }
      expect(account.blocks.intersect(account.follows.union(account.closeFriends)).size).toBe(0)
      expect(decodeState(encodeState(state))).toEqual(state)
    }), { numRuns: 40 })
  })
})
