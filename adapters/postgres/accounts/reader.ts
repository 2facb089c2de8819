import * as O from 'fp-ts/lib/Option.js'
import type pg from 'pg'
import type { Position } from '../../../events/event-store.js'
import { accountStream } from '../../../events/streams.js'
import { accountsModel } from '../../../projections/accounts/writes.js'
import type { AccountsReader, StoredAccount } from '../../../read-side/ports.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'
import { plainBytes } from '../timeline/rows.js'

const schema = liveSchema(accountsModel)

type ProfileRow = readonly [
  userId: string, revision: number, position: Position, id: string, type: string, version: number, data: Buffer, metadata: Buffer, sealed: Buffer | null,
]

type DeviceRow = readonly [deviceId: string, registeredAt: number, revoked: boolean]

const columns = 'p.user_id, p.revision, p.position, p.id, p.type, p.version, p.data, p.metadata, p.sealed'

const byIds = preparedRows<ProfileRow>('accounts.find', `SELECT ${columns} FROM ${schema}.profiles p WHERE p.user_id = ANY ($1::uuid[])`)

const byDigest = preparedRows<ProfileRow>('accounts.by_handle', `
  SELECT ${columns} FROM ${schema}.profiles p WHERE p.handle_digest = $1 ORDER BY p.position DESC LIMIT 1`)

const withDevices = preparedRows<readonly [devices: ReadonlyArray<DeviceRow> | null, ...ProfileRow]>('accounts.with_devices', `
  SELECT (SELECT json_agg(json_build_array(d.device_id, d.registered_at, d.revoked) ORDER BY d.registered_at, d.device_id)
    FROM ${schema}.devices d WHERE d.user_id = p.user_id), ${columns}
  FROM ${schema}.profiles p WHERE p.user_id = $1::uuid`)

const accountOf = ([userId, revision, position, id, type, version, data, metadata, sealed]: ProfileRow): StoredAccount => ({
  userId,
  profile: {
    stream: accountStream(userId), revision: BigInt(revision), position, id, type, version,
    data: plainBytes(data), metadata: plainBytes(metadata), sealed: sealed === null ? undefined : plainBytes(sealed),
  },
})

/** The directory of accounts, by one statement an answer. */
export const postgresAccountsReader = (pool: pg.Pool): AccountsReader => ({
  find: (userIds) => answering(async () => (await byIds(pool, [userIds])).map(accountOf)),
  byHandle: (handleDigest) => answering(async () => {
    const [row] = await byDigest(pool, [handleDigest])
    return row === undefined ? O.none : O.some(accountOf(row))
  }),
  withDevices: (userId) => answering(async () => {
    const [row] = await withDevices(pool, [userId])
    if (row === undefined) return O.none
    const [devices, ...profile] = row
    return O.some({
      account: accountOf(profile),
      devices: (devices ?? []).map(([deviceId, registeredAt, revoked]) => ({ deviceId, registeredAt, revoked })),
    })
  }),
})
