/** Rows by key, by table. */
export type MemoryTables = Readonly<Record<string, ReadonlyMap<string, unknown>>>

/** The tables of one read model in memory: what `adapters/postgres/<read-model>` is in Postgres. */
export interface MemoryReadModel<Write = unknown> {
  readonly name: string
  readonly version: number
  /** Applies writes in log order; never throws on what its projection makes. */
  readonly apply: (writes: ReadonlyArray<Write>) => void
  /** Its tables as one value, so that it can be rebuilt beside itself; without it a rebuild is a defect. */
  readonly tables?: {
    readonly current: () => MemoryTables
    readonly empty: () => MemoryTables
    /** What `apply` writes to and queries read from now on. */
    readonly use: (tables: MemoryTables) => void
  }
}
