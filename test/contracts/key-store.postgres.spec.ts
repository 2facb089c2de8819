import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { keyringFolder } from '../../adapters/embedded/keyring-folder.js'
import type { WrappedUnit } from '../../adapters/key-store/wrapping.js'
import { memoryKeyring } from '../../adapters/memory/keyring.js'
import { ForeignKeyring, postgresKeyStore } from '../../adapters/postgres/key-store/key-store.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import type { OpenKeyStore } from './key-store/index.js'
import { keyStoreContract } from './key-store/index.js'

const UNITS_PER_SHARD = 20

const restored = `INSERT INTO keys.units (unit, owner, shard, wrapped) VALUES ($1, $2, $3, $4)
  ON CONFLICT (unit) DO UPDATE SET owner = excluded.owner, shard = excluded.shard, wrapped = excluded.wrapped`

const open = (durable: boolean) => async (): Promise<OpenKeyStore> => {
  const { pool, drop } = await migratedDatabase()
  const directory = mkdtempSync(join(tmpdir(), 'tidings-keyring-'))
  const another = async () => postgresKeyStore({ pool, keyring: await keyringFolder(directory), durable, unitsPerShard: UNITS_PER_SHARD })
  const [store, keyring] = [await another(), await keyringFolder(directory)]
  return {
    store, keyring, another,
    unitsPerShard: UNITS_PER_SHARD,
    rowOf: async (unit) => (await pool.query<WrappedUnit>('SELECT unit, owner, shard, wrapped FROM keys.units WHERE unit = $1', [unit])).rows[0],
    restore: async ({ unit, owner, shard, wrapped }) => { await pool.query(restored, [unit, owner, shard, Buffer.from(wrapped)]) },
    close: async () => {
      await store.close()
      await drop()
      rmSync(directory, { recursive: true })
    },
  }
}

describeWith(['postgres'], 'Postgres', () => {
  keyStoreContract('Postgres with a keyring in a folder', open(true))
  keyStoreContract('Postgres, new keys not flushed', open(false))

  it('a database of another keyring is refused', async () => {
    const { pool, drop } = await migratedDatabase()
    await postgresKeyStore({ pool, keyring: memoryKeyring(), durable: true })
    await expect(postgresKeyStore({ pool, keyring: memoryKeyring(), durable: true })).rejects.toThrow(ForeignKeyring)
    await drop()
  })
})
