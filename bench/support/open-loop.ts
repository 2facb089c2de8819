import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface LoopHealth {
  /** Operations really begun per second. */
  readonly perSecond: number
  /** How late the generator itself was, P99 of its event loop's delay, milliseconds. */
  readonly generatorDelayP99Ms: number
}

const tickMs = 1
const nanosecondsInMillisecond = 1e6

/**
 * Begins `begin(intendedAt)` at a fixed rate whether or not earlier ones have ended: durations count from the intended
 * time, so that an overloaded server does not look fast. Resolves when the last one has begun.
 */
export const openLoop = (perSecond: number, seconds: number, begin: (intendedAt: number, index: number) => void): Promise<LoopHealth> =>
  new Promise((resolve) => {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const began = performance.now()
    const total = Math.round(perSecond * seconds)
    let done = 0
    const timer = setInterval(() => {
      const due = Math.min(total, 1 + Math.floor(((performance.now() - began) * perSecond) / 1_000))
      for (; done < due; done += 1) begin(began + (done * 1_000) / perSecond, done)
      if (done < total) return
      clearInterval(timer)
      delay.disable()
      resolve({ perSecond: (done * 1_000) / (performance.now() - began), generatorDelayP99Ms: delay.percentile(99) / nanosecondsInMillisecond })
    }, tickMs)
  })
