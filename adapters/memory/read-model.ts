/** The tables of one read model in memory: what `adapters/postgres/<read-model>` is in Postgres. */
export interface MemoryReadModel<Write = unknown> {
  readonly name: string
  readonly version: number
  /** Applies writes in log order; never throws on what its projection makes. */
  readonly apply: (writes: ReadonlyArray<Write>) => void
}
