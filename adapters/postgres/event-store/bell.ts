/** Wakes followers: rung with the last position known to be visible, or without when something may have been missed. */
export interface Bell {
  readonly ring: (position?: bigint) => void
  /** Resolves when there may be something after `position`: at once if that is known, at a ring, by the signal, after `atMostMs`. */
  readonly after: (position: bigint, atMostMs: number, signal: AbortSignal) => Promise<void>
}

export const bell = (): Bell => {
  const waiting = new Set<() => void>()
  let heard = 0n
  return {
    ring: (position) => {
      if (position !== undefined && position <= heard) return
      if (position !== undefined) heard = position
      for (const wake of [...waiting]) wake()
    },
    after: (position, atMostMs, signal) =>
      new Promise((resolve) => {
        if (heard > position || signal.aborted) return resolve()
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, atMostMs)
        waiting.add(wake)
        signal.addEventListener('abort', wake)
      }),
  }
}
