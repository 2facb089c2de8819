import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import type { WrappedUnit } from '../../../adapters/key-store/wrapping.js'
import type { Keyring, KeyStore, NewUnit, UnitState } from '../../../events/key-store.js'

/** A key store under test with its keyring, and what somebody with a backup of its rows could do. */
export interface OpenKeyStore {
  readonly store: KeyStore
  readonly keyring: Keyring
  readonly unitsPerShard: number
  /** A second store over the same rows and keyring, as another process is. */
  readonly another: () => Promise<KeyStore>
  readonly rowOf: (unit: string) => Promise<WrappedUnit | undefined>
  /** Puts a row back as it was, over what is there. */
  readonly restore: (row: WrappedUnit) => Promise<void>
  readonly close: () => Promise<void>
}

export type Subject = () => OpenKeyStore

export const aUnit = (): NewUnit => ({ unit: uuidv7(), owner: `conversation-${uuidv7()}` })

export const units = (count: number): ReadonlyArray<NewUnit> => Array.from({ length: count }, aUnit)

export const done = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw new Error('the key store refused', { cause: answer.left })
  return answer.right
}

export const keyOf = (state: UnitState | undefined): string => {
  if (state?._tag !== 'Living') throw new Error(`expected a living unit, not ${state?._tag}`)
  return Buffer.from(state.key).toString('hex')
}

export const obtainOne = async (store: KeyStore, unit: NewUnit): Promise<UnitState | undefined> => (await done(store.obtain([unit])))[0]
export const findOne = async (store: KeyStore, { unit }: NewUnit): Promise<UnitState | undefined> => (await done(store.find([unit])))[0]
