import type pg from 'pg'
import type { Keyring, KeyStore } from '../../../events/key-store.js'
import { wrappedKeyStore } from '../../key-store/wrapped-key-store.js'
import { postgresUnitRows } from './unit-rows.js'

export interface PostgresKeyStoreOptions {
  /** Of a migrated database (`migrate`). Not closed by the store. */
  readonly pool: pg.Pool
  readonly keyring: Keyring
  /**
   * True: a new key is flushed before it is given out.
   *
   * False: only where the event store lies in the same Postgres server. The write-ahead log is one sequence, so the
   * append's flush covers the key's earlier commit: what is acknowledged can be opened. A crash in between loses the key and
   * the append with it, so after `StoreUnavailable` the caller must obtain the key and seal again; a seal made before
   * it must not be appended.
   */
  readonly durable: boolean
  /** Default `limits.unitsPerShard`. */
  readonly unitsPerShard?: number
}

/** The keys in this database were wrapped under another keyring: nothing would open, and everything would look destroyed. */
export class ForeignKeyring extends Error {
  override readonly name = 'ForeignKeyring'
}

const assertOwnKeyring = async (pool: pg.Pool, keyring: Keyring): Promise<void> => {
  const fingerprint = await keyring.derived('key store fingerprint')
  await pool.query('INSERT INTO keys.keyring (fingerprint) VALUES ($1) ON CONFLICT DO NOTHING', [Buffer.from(fingerprint)])
  const { rows } = await pool.query<{ fingerprint: Buffer }>('SELECT fingerprint FROM keys.keyring')
  if (rows[0]?.fingerprint.equals(fingerprint) !== true) throw new ForeignKeyring('the keys in this database are wrapped under another keyring')
}

/**
 * Unit keys in Postgres (>= 14), schema `keys`, wrapped under the keyring. Calls of `obtain` at the same time share one
 * statement. Tombstones lie in a table of their own and win over rows. Destroying and rotating are always flushed.
 * Rejects with `ForeignKeyring` when the database belongs to another one, and when it cannot be asked.
 */
export const postgresKeyStore = async (options: PostgresKeyStoreOptions): Promise<KeyStore> => {
  await assertOwnKeyring(options.pool, options.keyring)
  return wrappedKeyStore(postgresUnitRows(options.pool, options.durable), options.keyring, options.unitsPerShard)
}
