import { setTimeout as delay } from 'node:timers/promises'

export interface Repeated {
  /** Ends after what is under way. Idempotent. */
  readonly stop: () => Promise<void>
}

/** Runs the work at once, and then again so long after each end of it, until it is stopped; the signal tells the work so. The work must not reject. */
export const repeatedly = (everyMs: number, work: (signal: AbortSignal) => Promise<void>): Repeated => {
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await work(signal)
      await delay(everyMs, undefined, { signal }).catch(() => undefined)
    }
  }
  const running = run()
  return {
    stop: () => {
      stopping.abort()
      return running
    },
  }
}
