import { memoryKeyStore } from '../../adapters/memory/key-store.js'
import { memoryKeyring } from '../../adapters/memory/keyring.js'
import { recentKeys } from '../../adapters/memory/recent-keys.js'
import { emptyMemoryUnits } from '../../adapters/memory/unit-rows.js'
import type { KeyStore } from '../../events/key-store.js'
import { keyStoreContract } from './key-store/index.js'

const UNITS_PER_SHARD = 20

const open = (around: (store: KeyStore) => KeyStore) => async () => {
  const [units, keyring] = [emptyMemoryUnits(), memoryKeyring()]
  const another = async () => around(memoryKeyStore(units, keyring, UNITS_PER_SHARD))
  const store = await another()
  return {
    store, keyring, another,
    unitsPerShard: UNITS_PER_SHARD,
    rowOf: async (unit: string) => units.rows.get(unit),
    restore: async (row: NonNullable<ReturnType<typeof units.rows.get>>) => { units.rows.set(row.unit, row) },
    close: store.close,
  }
}

keyStoreContract('memory', open((store) => store))
// Nothing is kept here: what stands is that the wrapper passes everything on.
keyStoreContract('memory behind recent keys', open((store) => recentKeys(store, { keepMs: 1, now: () => performance.now() * 1_000 })))
