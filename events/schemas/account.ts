import Type, { type Static } from 'typebox'
import { Id } from '../ids.js'
import { Base64Url, closed, NotificationKind, sealedFields } from './common.js'

/** Who is told when the account was last seen. `contacts`: those it follows or shares a direct conversation with. */
export const LastSeenAudience = Type.Union([Type.Literal('everyone'), Type.Literal('contacts'), Type.Literal('nobody')])
export type LastSeenAudience = Static<typeof LastSeenAudience>
/** Until the account chooses another. */
export const lastSeenByDefault: LastSeenAudience = 'everyone'

// Names and fields are persisted for ever: a change is a new version with an upcaster.
// Stream: account-<userId>. Handle, name and e-mail lie sealed under the account's unit, never in the log.

export const accountEvents = {
  AccountRegistered: closed({ ...sealedFields }),
  ProfileChanged: closed({ ...sealedFields }),
  DeviceRegistered: closed({
    deviceId: Id,
    signingKey: Type.Optional(Base64Url('Ed25519 public key', { bytes: 32 })),
    boxKey: Type.Optional(Base64Url('X25519 public key', { bytes: 32 })),
  }),
  DeviceRevoked: closed({ deviceId: Id }),
  UserFollowed: closed({ userId: Id }),
  UserUnfollowed: closed({ userId: Id }),
  CloseFriendAdded: closed({ userId: Id }),
  CloseFriendRemoved: closed({ userId: Id }),
  UserBlocked: closed({ userId: Id }),
  UserUnblocked: closed({ userId: Id }),
  StoriesHiddenFrom: closed({ userId: Id, hidden: Type.Boolean() }),
  StoriesMuted: closed({ userId: Id, muted: Type.Boolean() }),
  NotificationsChanged: closed({ kind: NotificationKind, enabled: Type.Boolean() }),
  LastSeenChanged: closed({ visibleTo: LastSeenAudience }),
}
