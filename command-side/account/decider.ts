import { isDeepStrictEqual } from 'node:util'
import type { AccountEvent } from '../../events/registry.js'
import { limits } from '../../events/limits.js'
import type { Profile } from '../../events/wire/commands.js'
import type { Aggregate } from '../handling/aggregate.js'
import type { AccountCommand } from './commands.js'
import { accept, alreadyInEffect, refuse, type Decision } from './decision.js'
import type { AccountRejection } from './rejections.js'
import { decodeState, encodeState, snapshotSchema } from './snapshot.js'
import { decideSocial } from './social.js'
import { evolve, unregistered, type AccountState, type Registered } from './state.js'

export { blocks, isLiveDevice, isRegistered, lastSeenAudience, notificationsOff, profileRevisionOf, type AccountState } from './state.js'

type Command<T extends AccountCommand['type']> = Extract<AccountCommand, { type: T }>

const asRegistered = (state: AccountState, then: (account: Registered) => Decision): Decision =>
  state._tag === 'Unregistered' ? refuse({ _tag: 'NotRegistered' }) : then(state)

/** The profile's own unit is the account: erasing the account forgets every profile it ever had. */
const writeProfile = (type: 'AccountRegistered' | 'ProfileChanged', actor: string, profile: Profile): Decision => {
  // RFC 8785 orders members otherwise but writes the same bytes.
  const bytes = Buffer.byteLength(JSON.stringify(profile), 'utf8')
  const limit = limits.profileBytes
  return bytes > limit ? refuse({ _tag: 'ProfileTooLarge', bytes, limit }) : accept({ type, data: { unit: actor }, content: profile })
}

const registerDevice = ({ devices }: Registered, { deviceId, signingKey, boxKey }: Command<'RegisterDevice'>): Decision => {
  const device = devices.get(deviceId)
  if (device?._tag === 'Revoked') return refuse({ _tag: 'DeviceIsRevoked', deviceId })
  if (device !== undefined) {
    const same = device.signingKey === signingKey && device.boxKey === boxKey
    return same ? alreadyInEffect : refuse({ _tag: 'DeviceHasOtherKeys', deviceId })
  }
  const limit = limits.devicesPerAccount
  if (devices.count(({ _tag }) => _tag === 'Live') >= limit) return refuse({ _tag: 'TooManyDevices', limit })
  const keys = { ...(signingKey !== undefined && { signingKey }), ...(boxKey !== undefined && { boxKey }) }
  return accept({ type: 'DeviceRegistered', data: { deviceId, ...keys } })
}

const revokeDevice = ({ devices }: Registered, { deviceId }: Command<'RevokeDevice'>): Decision => {
  const device = devices.get(deviceId)
  if (device === undefined) return refuse({ _tag: 'DeviceUnknown', deviceId })
  return device._tag === 'Revoked' ? alreadyInEffect : accept({ type: 'DeviceRevoked', data: { deviceId } })
}

const setNotifications = (account: Registered, { kind, enabled }: Command<'SetNotifications'>): Decision =>
  account.notificationsOff.has(kind) === enabled ? accept({ type: 'NotificationsChanged', data: { kind, enabled } }) : alreadyInEffect

const decide = (command: AccountCommand, state: AccountState): Decision => {
  switch (command.type) {
    case 'RegisterAccount':
      return state._tag === 'Registered' ? alreadyInEffect : writeProfile('AccountRegistered', command.actor, command.profile)
    case 'ChangeProfile':
      return asRegistered(state, () =>
        isDeepStrictEqual(command.profile, command.current) ? alreadyInEffect : writeProfile('ProfileChanged', command.actor, command.profile),
      )
    case 'RegisterDevice':
      return asRegistered(state, (account) => registerDevice(account, command))
    case 'RevokeDevice':
      return asRegistered(state, (account) => revokeDevice(account, command))
    case 'Follow':
    case 'Unfollow':
    case 'AddCloseFriend':
    case 'RemoveCloseFriend':
    case 'Block':
    case 'Unblock':
    case 'HideStoriesFrom':
    case 'MuteStories':
      return asRegistered(state, (account) => decideSocial(account, command))
    case 'SetNotifications':
      return asRegistered(state, (account) => setNotifications(account, command))
    case 'SetLastSeen':
      return asRegistered(state, ({ lastSeen }) =>
        lastSeen === command.visibleTo ? alreadyInEffect : accept({ type: 'LastSeenChanged', data: { visibleTo: command.visibleTo } }),
      )
  }
}

/** What an account decides: its profile, the devices that may act for it, how it stands to others, what it is told. */
export const accountAggregate: Aggregate<AccountState, AccountCommand, AccountEvent, AccountRejection> = {
  decider: { initialState: unregistered, decide, evolve },
  snapshotSchema,
  encodeState,
  decodeState,
}

export const accountDecider = accountAggregate.decider
