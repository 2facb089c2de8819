import type { Keyring, WrappingKey } from '../../events/key-store.js'
import type { UnitRows } from './unit-rows.js'

const LEASED_UNITS = 1_000
const ATTEMPTS = 5

/** Room in the current shard, reserved in blocks so that no shard of any process ever holds more than its limit. */
export interface ShardLease {
  /** The shard to wrap the next `units` under; at most `unitsPerShard` at once. */
  readonly take: (units: number) => Promise<WrappingKey>
  /** The shard takes no more. */
  readonly abandon: (shard: string) => void
}

export const shardLease = (rows: UnitRows, keyring: Keyring, unitsPerShard: number): ShardLease => {
  const abandoned = new Set<string>()
  let leased: { readonly key: WrappingKey; readonly room: number } | undefined

  const reserve = async (units: number): Promise<{ key: WrappingKey; room: number }> => {
    for (let tries = 0; tries < ATTEMPTS; tries += 1) {
      const current = await keyring.current()
      const key = abandoned.has(current.id) ? await keyring.startShard() : current
      const room = Math.min(Math.max(units, LEASED_UNITS), unitsPerShard)
      if (await rows.reserve(key.id, room, unitsPerShard)) return { key, room }
      abandoned.add(key.id)
    }
    throw new Error('no shard has room')
  }

  const take = async (units: number): Promise<WrappingKey> => {
    const had = leased
    const from = had !== undefined && had.room >= units ? had : await reserve(units)
    leased = { key: from.key, room: from.room - units }
    return from.key
  }

  const abandon = (shard: string): void => {
    abandoned.add(shard)
    if (leased?.key.id === shard) leased = undefined
  }
  return { take, abandon }
}
