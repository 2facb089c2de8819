import * as O from 'fp-ts/lib/Option.js'
import type { Keyring, WrappingKey } from '../../events/key-store.js'
import type { ShardLease } from './shard-lease.js'
import type { UnitRows } from './unit-rows.js'
import type { WrappedUnit } from './wrapping.js'
import { unwrap, wrap } from './wrapping.js'

const UNITS_PER_BATCH = 500

interface Place {
  readonly rows: UnitRows
  readonly keyring: Keyring
  readonly lease: ShardLease
  readonly unitsPerShard: number
}

/** The shards to rotate; when the current one is among them, a new one becomes current first. */
const chosen = async ({ keyring, lease }: Place, shards: ReadonlyArray<string> | 'all'): Promise<ReadonlyArray<string>> => {
  const current = await keyring.current()
  if (shards === 'all') return (await keyring.list()).filter((id) => id !== current.id)
  if (shards.includes(current.id)) await keyring.startShard()
  for (const shard of shards) lease.abandon(shard)
  return shards
}

/** Wraps a page anew under a shard that is open, whatever other rotations do. Rows that do not open are dead already and left out. */
const rewrapPage = async ({ rows, lease }: Place, old: WrappingKey | undefined, page: ReadonlyArray<WrappedUnit>): Promise<number> => {
  if (old === undefined) return 0
  for (;;) {
    const under = await lease.take(page.length)
    const rewrapped = page.flatMap((row): ReadonlyArray<WrappedUnit> => {
      const key = unwrap(old, row)
      return O.isNone(key) ? [] : [{ ...row, shard: under.id, wrapped: wrap(under, row.unit, row.owner, key.value) }]
    })
    const replaced = await rows.replace(old.id, under.id, rewrapped)
    if (replaced !== 'closed') return replaced
    lease.abandon(under.id)
  }
}

/** Answers how many living units were wrapped anew. The wrapping key goes only when all of them are durable under another. */
const rotateShard = async (place: Place, shard: string, onPage: (units: number) => void): Promise<number> => {
  const old = await place.keyring.find(shard)
  const size = Math.min(UNITS_PER_BATCH, place.unitsPerShard)
  let [rewrapped, after] = [0, '']
  for (;;) {
    const page = await place.rows.page(shard, after, size)
    const last = page.at(-1)
    if (last === undefined) break
    rewrapped += await rewrapPage(place, old, page)
    after = last.unit
    onPage(page.length)
  }
  await place.keyring.destroy(shard)
  return rewrapped
}

/**
 * Closes the shards, then takes one after another, the oldest first, page by page. What an interrupted run has done stays
 * done: the next one finds its shards empty or gone, and the others as they were.
 */
export const rotateShards = async (
  place: Place, which: ReadonlyArray<string> | 'all', onProgress: (done: number, total: number) => void,
): Promise<{ readonly rewrapped: number; readonly destroyedShards: ReadonlyArray<string> }> => {
  const shards = [...(await chosen(place, which))].sort()
  const total = await place.rows.closeShards(shards)
  let [done, rewrapped] = [0, 0]
  const onPage = (units: number) => {
    done += units
    onProgress(Math.min(done, total), total)
  }
  for (const shard of shards) rewrapped += await rotateShard(place, shard, onPage)
  return { rewrapped, destroyedShards: shards }
}
