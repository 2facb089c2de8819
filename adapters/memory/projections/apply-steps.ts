import type { Step } from '../../../projections/ports.js'
import type { WaitingLine } from '../../projection-store/waiting-line.js'
import { writesOf } from '../../projection-store/waiting-line.js'
import type { MemoryReadModel } from '../read-model.js'

/** Applies what is due, one event at a time, so that one which throws parks its own stream only. */
export const applySteps = (model: MemoryReadModel, line: WaitingLine, steps: ReadonlyArray<Step>): void => {
  for (const step of steps) {
    if (line.admit([step]).length === 0) continue
    try {
      model.apply(writesOf([step]))
    } catch (error) {
      line.park(step.event, error instanceof Error ? error.message : String(error))
    }
  }
}
