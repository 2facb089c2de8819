/** Wakes those who wait for the next ring; a ring that nobody waits for is lost, so look first, then wait. */
export interface Bell {
  readonly ring: () => void
  readonly next: () => Promise<void>
}

export const bell = (): Bell => {
  let waiting: (() => void)[] = []
  return {
    ring: () => {
      const woken = waiting
      waiting = []
      for (const wake of woken) wake()
    },
    next: () => new Promise((resolve) => waiting.push(resolve)),
  }
}
