import { randomBytes } from 'node:crypto'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Keyring, KeyStore, KeyStoreUnavailable, NewUnit, UnitState, WrappingKey } from '../../events/key-store.js'
import { limits } from '../../events/limits.js'
import { gather } from './gather.js'
import { rotateShards } from './rotate.js'
import { shardLease } from './shard-lease.js'
import type { RowState, UnitRows } from './unit-rows.js'
import { KEY_BYTES, unwrap, wrap } from './wrapping.js'

const UNITS_PER_WRITE = 2_000
const RETRY_MS = 100
const CLOSED_SHARD_ATTEMPTS = 5

const attempt = <A>(work: () => Promise<A>): TE.TaskEither<KeyStoreUnavailable, A> =>
  TE.tryCatch(work, (error) => ({
    _tag: 'KeyStoreUnavailable', retryAfterMs: RETRY_MS, reason: error instanceof Error ? error.message : String(error),
  }))

/** By unit. */
type NewKeys = ReadonlyMap<string, Uint8Array>
const noKeys: NewKeys = new Map()

const newKeys = (units: ReadonlyArray<NewUnit>): NewKeys => {
  const bytes = randomBytes(KEY_BYTES * units.length)
  return new Map(units.map(({ unit }, index) => [unit, bytes.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES)]))
}

/**
 * Opens rows; one whose wrapping key is gone, or that was altered, is as good as destroyed. A row that was made just now is
 * known as it was before it was wrapped.
 */
const opener = (keyring: Keyring) => async (states: ReadonlyArray<RowState>, made: NewKeys = noKeys): Promise<ReadonlyArray<UnitState>> => {
  const shards = new Map<string, WrappingKey | undefined>()
  const knownOf = (state: RowState) => (state._tag === 'Row' && state.created ? made.get(state.row.unit) : undefined)
  for (const state of states) {
    if (state._tag === 'Row' && knownOf(state) === undefined && !shards.has(state.row.shard)) shards.set(state.row.shard, await keyring.find(state.row.shard))
  }
  return states.map((state): UnitState => {
    if (state._tag === 'Nothing') return { _tag: 'Unknown' }
    const known = knownOf(state)
    if (state._tag === 'Row' && known !== undefined) return { _tag: 'Living', owner: state.row.owner, key: known, created: true }
    const under = state._tag === 'Row' ? shards.get(state.row.shard) : undefined
    const key = state._tag === 'Row' && under !== undefined ? unwrap(under, state.row) : O.none
    return state._tag === 'Row' && O.isSome(key)
      ? { _tag: 'Living', owner: state.row.owner, key: key.value, created: state.created }
      : { _tag: 'Destroyed' }
  })
}

/** Each unit once, as first asked for. */
const distinct = (units: ReadonlyArray<NewUnit>): ReadonlyArray<NewUnit> => {
  const first = new Map<string, NewUnit>()
  for (const unit of units) if (!first.has(unit.unit)) first.set(unit.unit, unit)
  return [...first.values()]
}

/** Who asked first for a new unit made it; for those after it, in the same write, it was there. */
const inOrderAsked = (asked: ReadonlyArray<NewUnit>, units: ReadonlyArray<NewUnit>, states: ReadonlyArray<UnitState>): ReadonlyArray<UnitState> => {
  const byUnit = new Map(units.map(({ unit }, index): [string, UnitState] => [unit, states[index] ?? { _tag: 'Unknown' }]))
  return asked.map(({ unit }) => {
    const state = byUnit.get(unit) ?? { _tag: 'Unknown' }
    if (state._tag === 'Living') byUnit.set(unit, { ...state, created: false })
    return state
  })
}

/** A key store over rows and a keyring. New keys are wrapped under the current shard, at most `unitsPerShard` of them each. */
export const wrappedKeyStore = (rows: UnitRows, keyring: Keyring, unitsPerShard: number = limits.unitsPerShard): KeyStore => {
  const lease = shardLease(rows, keyring, unitsPerShard)
  const open = opener(keyring)

  const insertSome = async (units: ReadonlyArray<NewUnit>, keys: NewKeys): Promise<ReadonlyArray<RowState>> => {
    for (let tries = 0; tries < CLOSED_SHARD_ATTEMPTS; tries += 1) {
      const under = await lease.take(units.length)
      const made = units.flatMap(({ unit, owner }) => {
        const key = keys.get(unit)
        return key === undefined ? [] : [{ unit, owner, shard: under.id, wrapped: wrap(under, unit, owner, key) }]
      })
      const states = await rows.insert(under.id, made)
      if (states !== 'closed') return states
      lease.abandon(under.id)
    }
    throw new Error('each new shard was closed at once')
  }

  const insert = async (units: ReadonlyArray<NewUnit>, keys: NewKeys): Promise<ReadonlyArray<RowState>> => {
    const size = Math.min(UNITS_PER_WRITE, unitsPerShard)
    const states: RowState[] = []
    for (let at = 0; at < units.length; at += size) states.push(...(await insertSome(units.slice(at, at + size), keys)))
    return states
  }

  const obtain = gather<NewUnit, UnitState>(UNITS_PER_WRITE, async (asked) => {
    const units = distinct(asked)
    const keys = newKeys(units)
    return inOrderAsked(asked, units, await open(await insert(units, keys), keys))
  })
  return {
    obtain: (units) => attempt(() => (units.length === 0 ? Promise.resolve([]) : obtain(units))),
    find: (units) => attempt(async () => (units.length === 0 ? [] : open(await rows.find(units)))),
    destroy: (units) => attempt(() => rows.bury(units)),
    rotate: (shards, onProgress) => attempt(() => rotateShards({ rows, keyring, lease, unitsPerShard }, shards, onProgress)),
    close: rows.close,
  }
}
