import { backoffMs } from './backoff.js'
import type { ClientLimits } from './limits.js'

export interface Retry {
  readonly isWaiting: () => boolean
  /** Calls `again` after `leastMs`, and the longer the more often it is called in a row; jittered. */
  readonly begin: (leastMs: number) => void
  readonly succeeded: () => void
  readonly end: () => void
}

/** The wait before the same is sent again. */
export const retry = (limits: ClientLimits, random: () => number, again: () => void): Retry => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  return {
    isWaiting: () => timer !== undefined,
    begin: (leastMs) => {
      timer = setTimeout(() => {
        timer = undefined
        again()
      }, leastMs + backoffMs(attempts, limits, random))
      attempts += 1
    },
    succeeded: () => { attempts = 0 },
    end: () => { clearTimeout(timer) },
  }
}
