import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

export interface KeyStoreUnavailable {
  readonly _tag: 'KeyStoreUnavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

/** A unit is what is forgotten together: a message with its edits and reactions, a profile, a conversation's name. */
export interface NewUnit {
  readonly unit: string
  /** The stream the unit belongs to: a unit is never used by another. */
  readonly owner: string
}

export type UnitState =
  | { readonly _tag: 'Living'; readonly owner: string; readonly key: Uint8Array; readonly created: boolean }
  | { readonly _tag: 'Destroyed' }
  | { readonly _tag: 'Unknown' }

/**
 * Unit keys (32 random bytes each), wrapped under the keyring's wrapping keys. Who holds a key can open what it
 * sealed, so keys leave this port only towards sealing, queries, pushes and indexing, and are never logged.
 */
export interface KeyStore {
  /**
   * A key for each unit, in the order asked: a new one (`created: true`), or the one that is there already.
   * A destroyed unit stays destroyed. Atomic per unit, durable no later than the next durable append to the event
   * store of the same profile. Idempotent. Concurrent calls are grouped into few writes.
   */
  readonly obtain: (units: ReadonlyArray<NewUnit>) => TaskEither<KeyStoreUnavailable, ReadonlyArray<UnitState>>

  /** The states of units, in the order asked; one round trip whatever their number. */
  readonly find: (units: ReadonlyArray<string>) => TaskEither<KeyStoreUnavailable, ReadonlyArray<UnitState>>

  /** Destroys the keys and remembers the units as destroyed, also units never seen. Idempotent, durable. */
  readonly destroy: (units: ReadonlyArray<string>) => TaskEither<KeyStoreUnavailable, void>

  /**
   * Re-wraps every living unit of the shards (all but the current one when none are named) under new wrapping keys
   * and destroys the old wrapping keys: after it, deleted rows in files, logs and backups open nothing any more.
   * May be interrupted and run again. Reports `done` of `total` units.
   */
  readonly rotate: (
    shards: ReadonlyArray<string> | 'all',
    onProgress: (done: number, total: number) => void,
  ) => TaskEither<KeyStoreUnavailable, { readonly rewrapped: number; readonly destroyedShards: ReadonlyArray<string> }>

  readonly close: () => Promise<void>
}

export interface WrappingKey {
  readonly id: string
  readonly key: Uint8Array
}

/** Wrapping keys, kept outside the database of the unit keys: a file here, a KMS elsewhere. Few, each a shard. */
export interface Keyring {
  /** The shard that new units are wrapped under; a fresh one once `limits.unitsPerShard` is reached. */
  readonly current: () => Promise<WrappingKey>
  /** Makes a new current shard; durable before it returns. */
  readonly startShard: () => Promise<WrappingKey>
  readonly find: (id: string) => Promise<WrappingKey | undefined>
  readonly list: () => Promise<ReadonlyArray<string>>
  /** Overwrites and forgets; idempotent. */
  readonly destroy: (id: string) => Promise<void>
  /** 32 bytes derived for a purpose (HKDF), stable while the keyring lives: lookup digests, sync tokens. */
  readonly derived: (purpose: string) => Promise<Uint8Array>
}
