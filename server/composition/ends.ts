/** What a process has to end, in the reverse order of its beginning. */
export interface Ends {
  readonly add: (name: string, end: () => Promise<unknown>) => void
  /** Ends all, one after another; a failure is reported and the rest goes on. Idempotent. */
  readonly run: () => Promise<void>
}

export const ends = (onFailure: (name: string, error: unknown) => void): Ends => {
  const pending: { readonly name: string; readonly end: () => Promise<unknown> }[] = []
  let running: Promise<void> | undefined
  const runAll = async () => {
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { name, end } = next
      await end().catch((error: unknown) => { onFailure(name, error) })
    }
  }
  return { add: (name, end) => { pending.push({ name, end }) }, run: () => (running ??= runAll()) }
}
