import pRetry from 'p-retry'
import { repeatedly, type Repeated } from '../../platform/repeatedly.js'
import type { Leadership } from '../ports.js'
import type { Swept } from './sweep.js'

const RETRY_FIRST_MS = 250
const RETRY_AT_MOST_MS = 60_000
const DOUBLING = 2

export interface SweeperOptions {
  readonly leadership: Leadership
  readonly sweep: (signal: AbortSignal) => Promise<Swept>
  /** Between the end of a sweep and the next one. */
  readonly everyMs: number
  /** After each sweep of this process, whole or not. Must not throw. */
  readonly onSwept: (swept: Swept, milliseconds: number) => void
  /** A defect; the sweep comes again like after a failure. Must not throw. */
  readonly onDefect: (error: unknown) => void
}

class SweepIncomplete extends Error {
  override readonly name = 'SweepIncomplete'
}

/** Half of it to all of it: at the cap there is no other jitter, and sweepers that failed together would come back together. */
const drawnCap = (): number => RETRY_AT_MOST_MS * (1 + Math.random()) / 2

/**
 * Sweeps at once and then again and again, while this process leads. A sweep that left something comes again after an interval
 * that grows exponentially, with jitter, up to a minute, until one is whole. Stopped, it leaves the lead to others.
 */
export const startSweeper = ({ leadership, sweep, everyMs, onSwept, onDefect }: SweeperOptions): Repeated => {
  const once = async (signal: AbortSignal): Promise<void> => {
    if (signal.aborted || !(await leadership.leads())) return
    const began = performance.now()
    const swept = await sweep(signal).catch((error: unknown): Swept => {
      onDefect(error)
      return { batches: [], ended: 0, failures: ['a defect'] }
    })
    onSwept(swept, performance.now() - began)
    if (swept.failures.length > 0) throw new SweepIncomplete(swept.failures.join('; '))
  }
  const sweeping = repeatedly(everyMs, (signal) =>
    pRetry(() => once(signal), { retries: Number.POSITIVE_INFINITY, minTimeout: RETRY_FIRST_MS, maxTimeout: drawnCap(), factor: DOUBLING, randomize: true, signal })
      // Rejects only by the signal.
      .catch(() => undefined))
  return {
    stop: async () => {
      await sweeping.stop()
      await leadership.resign()
    },
  }
}
