import { uuidv7 } from 'uuidv7'

type Tuple<N extends number, Made extends string[] = []> = Made['length'] extends N ? Made : Tuple<N, [...Made, string]>

/** Accounts of one test. */
export const people = <const N extends number>(count: N): Tuple<N> => Array.from({ length: count }, () => uuidv7()) as Tuple<N>
