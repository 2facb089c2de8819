import type { AccountEvent } from '../../events/registry.js'
import { limits } from '../../events/limits.js'
import type { Draft } from '../handling/draft.js'
import type { SocialCommand } from './commands.js'
import { accept, alreadyInEffect, refuse, type Decision } from './decision.js'
import type { AccountList, Registered } from './state.js'

/** Puts another account on a list, which has room for so many; it may be there already. */
const enlist = (account: Registered, list: AccountList, userId: string, ...events: ReadonlyArray<Draft<AccountEvent>>): Decision => {
  const [there, limit] = [account[list], limits[list]]
  if (there.has(userId)) return alreadyInEffect
  return there.size >= limit ? refuse({ _tag: 'ListIsFull', list, limit }) : accept(...events)
}

const strike = (account: Registered, list: AccountList, userId: string, event: Draft<AccountEvent>): Decision =>
  account[list].has(userId) ? accept(event) : alreadyInEffect

/** Nobody follows whom it blocks, nor holds it as a close friend. */
const unlessBlocked = ({ blocks }: Registered, userId: string, decision: Decision): Decision =>
  blocks.has(userId) ? refuse({ _tag: 'BlockedByItself', userId }) : decision

const block = (account: Registered, userId: string): Decision =>
  enlist(account, 'blocks', userId,
    { type: 'UserBlocked', data: { userId } },
    ...(account.follows.has(userId) ? [{ type: 'UserUnfollowed', data: { userId } } as const] : []),
    ...(account.closeFriends.has(userId) ? [{ type: 'CloseFriendRemoved', data: { userId } } as const] : []),
  )

/** What the account decides about another one. It is never told how the other stands to it: blocked or not, the same happens. */
export const decideSocial = (account: Registered, command: SocialCommand): Decision => {
  const { actor, userId } = command
  if (userId === actor) return refuse({ _tag: 'AboutItself' })
  switch (command.type) {
    case 'Follow':
      return unlessBlocked(account, userId, enlist(account, 'follows', userId, { type: 'UserFollowed', data: { userId } }))
    case 'Unfollow':
      return strike(account, 'follows', userId, { type: 'UserUnfollowed', data: { userId } })
    case 'AddCloseFriend':
      return unlessBlocked(account, userId, enlist(account, 'closeFriends', userId, { type: 'CloseFriendAdded', data: { userId } }))
    case 'RemoveCloseFriend':
      return strike(account, 'closeFriends', userId, { type: 'CloseFriendRemoved', data: { userId } })
    case 'Block':
      return block(account, userId)
    case 'Unblock':
      return strike(account, 'blocks', userId, { type: 'UserUnblocked', data: { userId } })
    case 'HideStoriesFrom': {
      const event = { type: 'StoriesHiddenFrom', data: { userId, hidden: command.hidden } } as const
      return (command.hidden ? enlist : strike)(account, 'hiddenFrom', userId, event)
    }
    case 'MuteStories': {
      const event = { type: 'StoriesMuted', data: { userId, muted: command.muted } } as const
      return (command.muted ? enlist : strike)(account, 'mutedAuthors', userId, event)
    }
  }
}
