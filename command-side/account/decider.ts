import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import type { AccountEvent } from '../../events/registry.js'
import { limits } from '../../events/limits.js'
import type { Profile } from '../../events/wire/commands.js'
import type { Aggregate } from '../handling/aggregate.js'
import type { Draft } from '../handling/draft.js'
import type { AccountCommand } from './commands.js'
import type { AccountRejection } from './rejections.js'
import { decodeState, encodeState, snapshotSchema } from './snapshot.js'
import { evolve, unregistered, type AccountState, type Registered } from './state.js'

export { isLiveDevice, isRegistered, profileRevisionOf, type AccountState } from './state.js'

type Command<T extends AccountCommand['type']> = Extract<AccountCommand, { type: T }>
type Decision = E.Either<AccountRejection, ReadonlyArray<Draft<AccountEvent>>>

const alreadyInEffect: Decision = E.right([])
const refuse = (rejection: AccountRejection): Decision => E.left(rejection)
const accept = (...events: ReadonlyArray<Draft<AccountEvent>>): Decision => E.right(events)

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
  }
}

/** What an account decides about itself: its profile and the devices that may act for it. */
export const accountAggregate: Aggregate<AccountState, AccountCommand, AccountEvent, AccountRejection> = {
  decider: { initialState: unregistered, decide, evolve },
  snapshotSchema,
  encodeState,
  decodeState,
}

export const accountDecider = accountAggregate.decider
