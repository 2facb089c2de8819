import Type from 'typebox'
import { Id } from '../ids.js'
import { Base64Url, closed, sealedFields } from './common.js'

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
}
