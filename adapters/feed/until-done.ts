import { setTimeout as after } from 'node:timers/promises'
import * as O from 'fp-ts/lib/Option.js'

const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 2_000

/**
 * Tries `work` until it resolves, with pauses that double from 50 ms to 2 s; each failure is told. None when `signal`
 * aborted first: a try under way is waited for, a pause is cut short.
 */
export const untilDone = async <A>(work: () => Promise<A>, signal: AbortSignal, onFailure: (error: unknown) => void): Promise<O.Option<A>> => {
  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return O.some(await work())
    } catch (error) {
      onFailure(error)
      await after(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
  return O.none
}
