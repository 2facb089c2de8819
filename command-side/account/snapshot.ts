import { Map, Set } from 'immutable'
import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { LastSeenAudience } from '../../events/schemas/account.js'
import { closed, NotificationKind, Sequence } from '../../events/schemas/common.js'
import { unregistered, type AccountState, type Device } from './state.js'

/** deviceId, then its signing and box key, each null where there is none; a revoked device stands alone. */
const Row = Type.Union([
  Type.Tuple([Type.String()]),
  Type.Tuple([Type.String(), Type.Union([Type.String(), Type.Null()]), Type.Union([Type.String(), Type.Null()])]),
])
type Row = Static<typeof Row>

const Others = Type.Array(Type.String())

const Snapshot = Type.Union([Type.Null(), closed({
  revision: Sequence, profileRevision: Sequence, devices: Type.Array(Row),
  follows: Others, closeFriends: Others, blocks: Others, hiddenFrom: Others, mutedAuthors: Others,
  notificationsOff: Type.Array(NotificationKind), lastSeen: LastSeenAudience,
})])
const snapshot = Compile(Snapshot)

export const snapshotSchema = 2

const rowOf = ([deviceId, device]: [string, Device]): Row =>
  device._tag === 'Revoked' ? [deviceId] : [deviceId, device.signingKey ?? null, device.boxKey ?? null]

const withRow = (row: Row): [string, Device] =>
  row.length === 1
    ? [row[0], { _tag: 'Revoked' }]
    : [row[0], { _tag: 'Live', signingKey: row[1] ?? undefined, boxKey: row[2] ?? undefined }]

export const encodeState = (state: AccountState): Uint8Array => {
  if (state._tag === 'Unregistered') return Buffer.from('null')
  const { revision, profileRevision, lastSeen } = state
  const value: Static<typeof Snapshot> = {
    revision, profileRevision, lastSeen, devices: [...state.devices].map(rowOf),
    follows: [...state.follows], closeFriends: [...state.closeFriends], blocks: [...state.blocks],
    hiddenFrom: [...state.hiddenFrom], mutedAuthors: [...state.mutedAuthors], notificationsOff: [...state.notificationsOff],
  }
  return Buffer.from(JSON.stringify(value))
}

export const decodeState = (bytes: Uint8Array): AccountState => {
  const read = snapshot.Parse(JSON.parse(Buffer.from(bytes).toString('utf8')))
  return read === null ? unregistered : {
    ...read, _tag: 'Registered', devices: Map(read.devices.map(withRow)),
    follows: Set(read.follows), closeFriends: Set(read.closeFriends), blocks: Set(read.blocks),
    hiddenFrom: Set(read.hiddenFrom), mutedAuthors: Set(read.mutedAuthors), notificationsOff: Set(read.notificationsOff),
  }
}
