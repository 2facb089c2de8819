const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

/**
 * Work of one name runs one after another in the order asked; who waits is let go by its own signal without having run.
 * A failure is the caller's own and does not keep the next from its turn.
 */
export const turns = () => {
  const last = new Map<string, Promise<unknown>>()
  return (name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void> => {
    const before = last.get(name) ?? Promise.resolve()
    const mine = Promise.race([before, aborted(signal)]).then(() => (signal.aborted ? undefined : work()))
    last.set(name, Promise.allSettled([before, mine]))
    return mine
  }
}
