import { readFileSync } from 'node:fs'
import type pg from 'pg'
import type { AccountsWrite } from '../../../projections/accounts/writes.js'
import { accountsModel } from '../../../projections/accounts/writes.js'
import { inWaves } from '../../in-waves.js'
import { arrayOf } from '../array-literal.js'
import { byteaArray } from '../binary-array.js'
import { only } from '../only.js'
import type { PostgresReadModel } from '../read-model.js'
import { run } from '../read-model-statement.js'

type Op<Name extends AccountsWrite['op']> = Extract<AccountsWrite, { readonly op: Name }>
type OfDevice = Exclude<AccountsWrite, Op<'profile'>>

const upsertProfiles = {
  name: 'profiles',
  text: `
    INSERT INTO :schema.profiles AS p (user_id, revision, handle_digest, position, id, type, version, data, metadata, sealed)
    SELECT * FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::integer[], $8::bytea[], $9::bytea[], $10::bytea[])
    ON CONFLICT (user_id) DO UPDATE SET revision = excluded.revision, handle_digest = excluded.handle_digest, position = excluded.position,
      id = excluded.id, type = excluded.type, version = excluded.version, data = excluded.data, metadata = excluded.metadata, sealed = excluded.sealed
    WHERE p.revision <= excluded.revision`,
}

const registerDevices = {
  name: 'registered',
  text: `
    INSERT INTO :schema.devices AS d (user_id, device_id, registered_at, revoked, revision)
    SELECT w.user_id, w.device_id, w.at, false, w.revision
    FROM unnest($1::uuid[], $2::uuid[], $3::integer[], $4::bigint[]) AS w (user_id, device_id, revision, at)
    ON CONFLICT (user_id, device_id) DO UPDATE SET registered_at = excluded.registered_at, revoked = false, revision = excluded.revision
    WHERE d.revision < excluded.revision`,
}

const revokeDevices = {
  name: 'revoked',
  text: `
    UPDATE :schema.devices d SET revoked = true, revision = w.revision
    FROM unnest($1::uuid[], $2::uuid[], $3::integer[]) AS w (user_id, device_id, revision)
    WHERE d.user_id = w.user_id AND d.device_id = w.device_id AND d.revision < w.revision`,
}

const profileParameters = (writes: ReadonlyArray<Op<'profile'>>): ReadonlyArray<unknown> => [
  arrayOf(writes.map(({ userId }) => userId)),
  arrayOf(writes.map(({ revision }) => revision)),
  // Quoted by the driver: how a digest is spelt is its maker's.
  writes.map(({ handleDigest }) => handleDigest ?? null),
  arrayOf(writes.map(({ recorded }) => recorded.position)),
  arrayOf(writes.map(({ recorded }) => recorded.id)),
  arrayOf(writes.map(({ recorded }) => recorded.type)),
  arrayOf(writes.map(({ recorded }) => recorded.version)),
  byteaArray(writes.map(({ recorded }) => recorded.data)),
  byteaArray(writes.map(({ recorded }) => recorded.metadata)),
  byteaArray(writes.map(({ recorded }) => recorded.sealed)),
]

const deviceKeys = (writes: ReadonlyArray<OfDevice>) => [
  arrayOf(writes.map(({ userId }) => userId)), arrayOf(writes.map(({ deviceId }) => deviceId)), arrayOf(writes.map(({ revision }) => revision)),
]

/** Writes of distinct devices. */
const applyDevices = async (client: pg.ClientBase, schema: string, wave: ReadonlyArray<OfDevice>): Promise<void> => {
  const registered = only(wave, 'device-registered')
  if (registered.length > 0) await run(client, schema, registerDevices, [...deviceKeys(registered), arrayOf(registered.map(({ at }) => at))])
  const revoked = only(wave, 'device-revoked')
  if (revoked.length > 0) await run(client, schema, revokeDevices, deviceKeys(revoked))
}

export const postgresAccounts: PostgresReadModel<AccountsWrite> = {
  ...accountsModel,
  ddl: readFileSync(new URL('tables.sql', import.meta.url), 'utf8'),
  tables: ['profiles', 'devices'],
  apply: async (client, schema, writes) => {
    const profiles = new Map(writes.flatMap((write) => (write.op === 'profile' ? [[write.userId, write]] : [])))
    if (profiles.size > 0) await run(client, schema, upsertProfiles, profileParameters([...profiles.values()]))
    const devices = writes.filter((write): write is OfDevice => write.op !== 'profile')
    for (const wave of inWaves(devices, ({ userId, deviceId }) => `${userId} ${deviceId}`)) await applyDevices(client, schema, wave)
  },
}
