import * as TE from 'fp-ts/lib/TaskEither.js'
import { LRUCache } from 'lru-cache'
import type { KeyStore, UnitState } from '../../events/key-store.js'

export interface RecentKeysOptions {
  /** How long a key that was obtained may be found without asking; what another process destroys meanwhile opens that long. Default 5,000. */
  readonly keepMs?: number
  /** Units at most; default 20,000 (about 5 MB). */
  readonly units?: number
  /** Milliseconds, never going back; for tests. */
  readonly now?: () => number
}

const KEEP_MS = 5_000
const UNITS = 20_000

type Known = Exclude<UnitState, { _tag: 'Unknown' }>

/**
 * A key store that finds keys just obtained without asking the one behind it: a push a moment after the command needs
 * no round trip. Only `find` is answered from memory; obtaining always asks, so a key that was lost in a crash is made
 * anew. What is destroyed through this store is destroyed here at once.
 */
export const recentKeys = (inner: KeyStore, options: RecentKeysOptions = {}): KeyStore => {
  const known = new LRUCache<string, Known>({
    max: options.units ?? UNITS,
    ttl: options.keepMs ?? KEEP_MS,
    ttlResolution: 0,
    ...(options.now === undefined ? {} : { perf: { now: options.now } }),
  })

  const obtain: KeyStore['obtain'] = (units) =>
    TE.map((states: ReadonlyArray<UnitState>) => {
      states.forEach((state, index) => {
        const unit = units[index]?.unit
        // It may have been destroyed while this was on its way.
        if (unit === undefined || state._tag !== 'Living' || known.peek(unit)?._tag === 'Destroyed') return
        known.set(unit, { ...state, created: false })
      })
      return states
    })(inner.obtain(units))

  const find: KeyStore['find'] = (units) => () => {
    const here = units.map((unit) => known.get(unit))
    const missing = units.filter((_, index) => here[index] === undefined)
    if (missing.length === 0) return TE.right(here.flatMap((state) => state ?? []))()
    return TE.map((found: ReadonlyArray<UnitState>) => {
      const rest = found[Symbol.iterator]()
      return here.map((state): UnitState => state ?? rest.next().value ?? { _tag: 'Unknown' })
    })(inner.find(missing))()
  }

  const destroy: KeyStore['destroy'] = (units) =>
    TE.map(() => {
      for (const unit of units) known.set(unit, { _tag: 'Destroyed' })
    })(inner.destroy(units))

  return { obtain, find, destroy, rotate: inner.rotate, close: inner.close }
}
