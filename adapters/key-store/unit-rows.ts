import type { WrappedUnit } from './wrapping.js'

/** A unit as its row says: a tombstone wins over a key, so that a restored row stays dead. */
export type RowState =
  | { readonly _tag: 'Row'; readonly row: WrappedUnit; readonly created: boolean }
  | { readonly _tag: 'Tombstone' }
  | { readonly _tag: 'Nothing' }

/** Where wrapped keys lie; `wrappedKeyStore` makes a key store of it. Every operation is atomic; all reject when unavailable. */
export interface UnitRows {
  /** Reserves room for `units` in a shard; false when it would be over `limit` or is closed. */
  readonly reserve: (shard: string, units: number, limit: number) => Promise<boolean>
  /** Inserts what is neither there nor a tombstone; the states of all, in order. `closed`: nothing was done. Units are distinct. */
  readonly insert: (shard: string, rows: ReadonlyArray<WrappedUnit>) => Promise<ReadonlyArray<RowState> | 'closed'>
  readonly find: (units: ReadonlyArray<string>) => Promise<ReadonlyArray<RowState>>
  /** Tombstones for all, rows of none; durable. */
  readonly bury: (units: ReadonlyArray<string>) => Promise<void>
  /** From now on and for ever nothing gets into these shards; their buried rows are removed. Answers how many rows they have. */
  readonly closeShards: (shards: ReadonlyArray<string>) => Promise<number>
  /** Rows of a shard with a unit after `after`, in order of unit. */
  readonly page: (shard: string, after: string, limit: number) => Promise<ReadonlyArray<WrappedUnit>>
  /** Puts rows that still are in shard `from` into another; durable. Answers how many. `closed`: nothing was done. */
  readonly replace: (from: string, shard: string, rows: ReadonlyArray<WrappedUnit>) => Promise<number | 'closed'>
  readonly close: () => Promise<void>
}
