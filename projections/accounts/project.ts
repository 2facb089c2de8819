import type { Decoded } from '../../events/codec.js'
import type { AccountEvent } from '../../events/registry.js'
import { streamId } from '../../events/streams.js'
import type { Profile } from '../../events/wire/commands.js'
import type { Projected, Projection } from '../projection.js'
import type { AccountsWrite } from './writes.js'
import { accountsModel } from './writes.js'

/** The keyed digest under which a handle is looked up, given in lower case. */
export type HandleDigest = (handle: string) => string

const digestOf = (content: unknown, handleDigest: HandleDigest): string | undefined =>
  content === undefined ? undefined : handleDigest((content as Profile).handle.toLowerCase())

const projectWith = (handleDigest: HandleDigest) => ({ event, recorded, content }: Projected): ReadonlyArray<AccountsWrite> => {
  const about = event as Decoded<AccountEvent>
  const { revision, metadata } = event
  const userId = streamId(event.stream)
  switch (about.type) {
    case 'AccountRegistered':
    case 'ProfileChanged':
      return [{ op: 'profile', userId, revision, recorded, handleDigest: digestOf(content, handleDigest) }]
    case 'DeviceRegistered':
      return [{ op: 'device-registered', userId, revision, deviceId: about.data.deviceId, at: metadata.recordedAt }]
    case 'DeviceRevoked':
      return [{ op: 'device-revoked', userId, revision, deviceId: about.data.deviceId }]
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
      return []
  }
}

/** The directory of accounts: profiles stay sealed, handles are found by a keyed digest only. */
export const accountsProjection = (handleDigest: HandleDigest): Projection<AccountsWrite> => ({
  ...accountsModel,
  categories: ['account'],
  opens: ['AccountRegistered', 'ProfileChanged'],
  project: projectWith(handleDigest),
})
