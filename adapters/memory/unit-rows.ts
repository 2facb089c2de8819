import type { RowState, UnitRows } from '../key-store/unit-rows.js'
import type { WrappedUnit } from '../key-store/wrapping.js'

/** What outlives a key store in memory: its rows, its tombstones, and its shards. */
export interface MemoryUnits {
  readonly rows: Map<string, WrappedUnit>
  readonly tombstones: Set<string>
  readonly reserved: Map<string, number>
  readonly closed: Set<string>
}

export const emptyMemoryUnits = (): MemoryUnits => ({ rows: new Map(), tombstones: new Set(), reserved: new Map(), closed: new Set() })

const stateOf = ({ rows, tombstones }: MemoryUnits, unit: string, created: boolean): RowState => {
  const row = rows.get(unit)
  if (tombstones.has(unit)) return { _tag: 'Tombstone' }
  return row === undefined ? { _tag: 'Nothing' } : { _tag: 'Row', row, created }
}

const insert = (units: MemoryUnits, shard: string, rows: ReadonlyArray<WrappedUnit>): ReadonlyArray<RowState> | 'closed' => {
  if (units.closed.has(shard)) return 'closed'
  return rows.map((row) => {
    const isNew = !units.rows.has(row.unit) && !units.tombstones.has(row.unit)
    if (isNew) units.rows.set(row.unit, row)
    return stateOf(units, row.unit, isNew)
  })
}

const closeShards = (units: MemoryUnits, shards: ReadonlyArray<string>): number => {
  for (const shard of shards) units.closed.add(shard)
  for (const unit of units.tombstones) units.rows.delete(unit)
  return [...units.rows.values()].filter(({ shard }) => shards.includes(shard)).length
}

const page = ({ rows }: MemoryUnits, shard: string, after: string, limit: number): ReadonlyArray<WrappedUnit> =>
  [...rows.values()]
    .filter((row) => row.shard === shard && row.unit > after)
    .sort((one, other) => (one.unit < other.unit ? -1 : 1))
    .slice(0, limit)

const replace = (units: MemoryUnits, from: string, shard: string, rows: ReadonlyArray<WrappedUnit>): number | 'closed' => {
  if (units.closed.has(shard)) return 'closed'
  const still = rows.filter(({ unit }) => units.rows.get(unit)?.shard === from)
  for (const row of still) units.rows.set(row.unit, row)
  return still.length
}

/** Unit rows in memory; every operation is done before its promise is. */
export const memoryUnitRows = (units: MemoryUnits = emptyMemoryUnits()): UnitRows => ({
  reserve: async (shard, count, limit) => {
    const reserved = (units.reserved.get(shard) ?? 0) + count
    if (units.closed.has(shard) || reserved > limit) return false
    units.reserved.set(shard, reserved)
    return true
  },
  insert: async (shard, rows) => insert(units, shard, rows),
  find: async (asked) => asked.map((unit) => stateOf(units, unit, false)),
  bury: async (buried) => {
    for (const unit of buried) {
      units.tombstones.add(unit)
      units.rows.delete(unit)
    }
  },
  closeShards: async (shards) => closeShards(units, shards),
  page: async (shard, after, limit) => page(units, shard, after, limit),
  replace: async (from, shard, rows) => replace(units, from, shard, rows),
  close: async () => undefined,
})
