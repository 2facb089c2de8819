import { randomBytes } from 'node:crypto'
import { uuidv7 } from 'uuidv7'
import type { Keyring, WrappingKey } from '../../events/key-store.js'
import { derivedKey } from '../derived-key.js'

const KEY_BYTES = 32

/** The complete keyring in memory; gone with the process, and everything wrapped under it. */
export const memoryKeyring = (): Keyring => {
  const root = randomBytes(KEY_BYTES)
  const keys = new Map<string, WrappingKey>()

  const startShard = async (): Promise<WrappingKey> => {
    const made = { id: uuidv7(), key: randomBytes(KEY_BYTES) }
    keys.set(made.id, made)
    return made
  }
  return {
    current: async () => [...keys.values()].at(-1) ?? startShard(),
    startShard,
    find: async (id) => keys.get(id),
    list: async () => [...keys.keys()],
    destroy: async (id) => {
      keys.get(id)?.key.fill(0)
      keys.delete(id)
    },
    derived: async (purpose) => derivedKey(root, purpose),
  }
}
