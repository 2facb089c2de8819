import type { CommittedBatch } from '../../events/committed.js'
import type { FanOut } from '../../gateway/ports.js'
import type { Announcer } from '../../projections/ports.js'
import { hearers } from '../fan-out/hearers.js'
import { ignoreProblem, type OnProblem } from '../problem.js'

/**
 * Fan-out within one process. Nothing is lost, so no gap is ever noticed. Listeners hear a batch right after the caller
 * of `announce` lets go of the thread, never within the call.
 */
export const memoryFanOut = (onProblem: OnProblem = ignoreProblem): Announcer & FanOut => {
  const listening = hearers<CommittedBatch>(onProblem)
  return {
    announce: (batch) => queueMicrotask(() => listening.tell(batch)),
    listen: async (hear) => {
      const leave = listening.add(hear)
      return async () => leave()
    },
    onGap: () => undefined,
  }
}
