import type { Signal, Signals } from '../../gateway/ports.js'
import { hearers } from '../fan-out/hearers.js'
import { ignoreProblem, type OnProblem } from '../problem.js'

/** Signals within one process; listeners hear them right after the caller of `publish` lets go of the thread. */
export const memorySignals = (onProblem: OnProblem = ignoreProblem): Signals => {
  const listening = hearers<ReadonlyArray<Signal>>(onProblem)
  return {
    publish: (signals) => { if (signals.length > 0) queueMicrotask(() => listening.tell(signals)) },
    listen: async (hear) => {
      const leave = listening.add(hear)
      return async () => leave()
    },
  }
}
