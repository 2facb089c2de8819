/** Something an operator must look at; the process still serves. `name` is a heading of docs/runbook.md. */
export interface Alarm {
  readonly name: string
  readonly detail: string
}

/** What `/healthz` and `/readyz` tell. Neither waits for anything that is away. */
export interface Health {
  readonly alarms: () => ReadonlyArray<Alarm>
  /** Why this process should not get work yet, or not any more; empty: ready. */
  readonly notReady: () => ReadonlyArray<string>
}
