import type { SearchWrite } from '../../../projections/search/writes.js'
import { integerArray, uuidArray } from '../binary-array.js'

export const placeOf = (write: SearchWrite): { readonly conversation: string; readonly sequence: number } => (write.op === 'put' ? write.document : write)

/** Parameters `uuid[]` and `integer[]`. */
export const placesOf = (writes: ReadonlyArray<SearchWrite>): readonly [Buffer, Buffer] => [
  uuidArray(writes.map((write) => placeOf(write).conversation)), integerArray(writes.map((write) => placeOf(write).sequence)),
]

/** The same and `integer[]`, the versions. */
export const versionedPlacesOf = (writes: ReadonlyArray<SearchWrite>): ReadonlyArray<Buffer> => [...placesOf(writes), integerArray(writes.map(({ version }) => version))]
