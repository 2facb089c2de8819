import { Map, Set } from 'immutable'
import type { AccountEvent } from '../../events/registry.js'
import { lastSeenByDefault, type LastSeenAudience } from '../../events/schemas/account.js'
import type { NotificationKind } from '../../events/schemas/common.js'
import type { Fact } from '../handling/draft.js'

/** A revoked device stays known, so that it never comes back. */
export type Device =
  | { readonly _tag: 'Live'; readonly signingKey: string | undefined; readonly boxKey: string | undefined }
  | { readonly _tag: 'Revoked' }

/** Other accounts as this one stands to them; each list has its limit by the same name. */
export const accountLists = ['follows', 'closeFriends', 'blocks', 'hiddenFrom', 'mutedAuthors'] as const
export type AccountList = (typeof accountLists)[number]

export type AccountState =
  | { readonly _tag: 'Unregistered' }
  | (Readonly<Record<AccountList, Set<string>>> & {
      readonly _tag: 'Registered'
      /** Of the latest event. */
      readonly revision: number
      /** Of the event that carries the profile as it stands, sealed. */
      readonly profileRevision: number
      readonly devices: Map<string, Device>
      readonly notificationsOff: Set<NotificationKind>
      readonly lastSeen: LastSeenAudience
    })

export type Registered = Extract<AccountState, { _tag: 'Registered' }>

export const unregistered: AccountState = { _tag: 'Unregistered' }

export const isRegistered = (state: AccountState): boolean => state._tag === 'Registered'

export const isLiveDevice = (state: AccountState, deviceId: string): boolean =>
  state._tag === 'Registered' && state.devices.get(deviceId)?._tag === 'Live'

/** Revision of the event whose sealed content is the profile as it stands; undefined before registration. */
export const profileRevisionOf = (state: AccountState): number | undefined =>
  state._tag === 'Registered' ? state.profileRevision : undefined

/** Whether this account blocked that one. */
export const blocks = (state: AccountState, userId: string): boolean => state._tag === 'Registered' && state.blocks.has(userId)

export const notificationsOff = (state: AccountState, kind: NotificationKind): boolean =>
  state._tag === 'Registered' && state.notificationsOff.has(kind)

/** Who is told when the account was last seen; of an account that is not there, nobody. */
export const lastSeenAudience = (state: AccountState): LastSeenAudience => (state._tag === 'Registered' ? state.lastSeen : 'nobody')

const listed = (account: Registered, list: AccountList, userId: string, stands: boolean): Registered =>
  ({ ...account, [list]: stands ? account[list].add(userId) : account[list].remove(userId) })

const apply = (account: Registered, event: Fact<AccountEvent>): Registered => {
  switch (event.type) {
    case 'AccountRegistered':
    case 'ProfileChanged':
      return { ...account, profileRevision: account.revision }
    case 'DeviceRegistered': {
      const { deviceId, signingKey, boxKey } = event.data
      return { ...account, devices: account.devices.set(deviceId, { _tag: 'Live', signingKey, boxKey }) }
    }
    case 'DeviceRevoked':
      return { ...account, devices: account.devices.set(event.data.deviceId, { _tag: 'Revoked' }) }
    case 'UserFollowed':
      return listed(account, 'follows', event.data.userId, true)
    case 'UserUnfollowed':
      return listed(account, 'follows', event.data.userId, false)
    case 'CloseFriendAdded':
      return listed(account, 'closeFriends', event.data.userId, true)
    case 'CloseFriendRemoved':
      return listed(account, 'closeFriends', event.data.userId, false)
    case 'UserBlocked':
      return listed(account, 'blocks', event.data.userId, true)
    case 'UserUnblocked':
      return listed(account, 'blocks', event.data.userId, false)
    case 'StoriesHiddenFrom':
      return listed(account, 'hiddenFrom', event.data.userId, event.data.hidden)
    case 'StoriesMuted':
      return listed(account, 'mutedAuthors', event.data.userId, event.data.muted)
    case 'NotificationsChanged': {
      const { kind, enabled } = event.data
      return { ...account, notificationsOff: enabled ? account.notificationsOff.remove(kind) : account.notificationsOff.add(kind) }
    }
    case 'LastSeenChanged':
      return { ...account, lastSeen: event.data.visibleTo }
  }
}

const registered: Registered = {
  _tag: 'Registered', revision: 0, profileRevision: 0, devices: Map(),
  follows: Set(), closeFriends: Set(), blocks: Set(), hiddenFrom: Set(), mutedAuthors: Set(),
  notificationsOff: Set(), lastSeen: lastSeenByDefault,
}

/** The account after one more event of its stream. It counts the revisions itself, from 0: in order, without a hole. */
export const evolve = (state: AccountState, event: Fact<AccountEvent>): AccountState => {
  if (state._tag === 'Registered') return apply({ ...state, revision: state.revision + 1 }, event)
  return event.type === 'AccountRegistered' ? registered : state
}
