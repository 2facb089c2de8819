import type { Keyring, KeyStore } from '../../events/key-store.js'
import { wrappedKeyStore } from '../key-store/wrapped-key-store.js'
import { memoryKeyring } from './keyring.js'
import type { MemoryUnits } from './unit-rows.js'
import { emptyMemoryUnits, memoryUnitRows } from './unit-rows.js'

/** The complete key store in memory. It lives as long as `units` and `keyring`: a second store over both is a restart. */
export const memoryKeyStore = (units: MemoryUnits = emptyMemoryUnits(), keyring: Keyring = memoryKeyring(), unitsPerShard?: number): KeyStore =>
  wrappedKeyStore(memoryUnitRows(units), keyring, unitsPerShard)
