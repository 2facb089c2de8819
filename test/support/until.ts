import { setTimeout as after } from 'node:timers/promises'

const POLL_INTERVAL_MS = 5

/**
 * Waits until a condition holds, asking every 5 ms; the condition may be asynchronous.
 * Throws after `timeoutMs` (default 15 s) with the condition's source text, so that the failure says what never came.
 */
export const until = async (condition: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> => {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`did not hold within ${timeoutMs} ms: ${condition.toString()}`)
    await after(POLL_INTERVAL_MS)
  }
}
