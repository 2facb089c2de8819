import { Map } from 'immutable'
import type { AccountEvent } from '../../events/registry.js'
import type { Fact } from '../handling/draft.js'

/** A revoked device stays known, so that it never comes back. */
export type Device =
  | { readonly _tag: 'Live'; readonly signingKey: string | undefined; readonly boxKey: string | undefined }
  | { readonly _tag: 'Revoked' }

export type AccountState =
  | { readonly _tag: 'Unregistered' }
  | {
      readonly _tag: 'Registered'
      /** Of the latest event. */
      readonly revision: number
      /** Of the event that carries the profile as it stands, sealed. */
      readonly profileRevision: number
      readonly devices: Map<string, Device>
    }

export type Registered = Extract<AccountState, { _tag: 'Registered' }>

export const unregistered: AccountState = { _tag: 'Unregistered' }

export const isRegistered = (state: AccountState): boolean => state._tag === 'Registered'

export const isLiveDevice = (state: AccountState, deviceId: string): boolean =>
  state._tag === 'Registered' && state.devices.get(deviceId)?._tag === 'Live'

/** Revision of the event whose sealed content is the profile as it stands; undefined before registration. */
export const profileRevisionOf = (state: AccountState): number | undefined =>
  state._tag === 'Registered' ? state.profileRevision : undefined

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
    case 'UserUnfollowed':
    case 'CloseFriendAdded':
    case 'CloseFriendRemoved':
    case 'UserBlocked':
    case 'UserUnblocked':
    case 'StoriesHiddenFrom':
    case 'StoriesMuted':
    case 'NotificationsChanged':
    case 'LastSeenChanged':
      return account
  }
}

/** The account after one more event of its stream. It counts the revisions itself, from 0: in order, without a hole. */
export const evolve = (state: AccountState, event: Fact<AccountEvent>): AccountState => {
  if (state._tag === 'Registered') return apply({ ...state, revision: state.revision + 1 }, event)
  return event.type === 'AccountRegistered' ? { _tag: 'Registered', revision: 0, profileRevision: 0, devices: Map() } : state
}
