import type { MemoryTables } from '../read-model.js'

/** Tables that are put in the place of others as one value; whoever reads or writes asks for the current ones. */
export interface Exchangeable<Tables extends MemoryTables> {
  readonly current: () => Tables
  readonly empty: () => Tables
  /** Takes tables that `empty` of the same read model made. */
  readonly use: (tables: MemoryTables) => void
}

export const exchangeable = <Tables extends MemoryTables>(empty: () => Tables): Exchangeable<Tables> => {
  let current = empty()
  return { current: () => current, empty, use: (tables) => { current = tables as Tables } }
}
