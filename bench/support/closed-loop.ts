import type { Histogram } from 'hdr-histogram-js'
import { durations, record } from '../../platform/durations.js'

export interface LoopResult {
  readonly perSecond: number
  readonly histogram: Histogram
}

/** Keeps `inFlight` operations under way for `seconds`; durations of each, and the rate over the whole. */
export const closedLoop = async (inFlight: number, seconds: number, operation: (lane: number) => Promise<unknown>): Promise<LoopResult> => {
  const histogram = durations()
  const began = performance.now()
  const until = began + seconds * 1_000
  let done = 0
  const lane = async (_: unknown, index: number) => {
    while (performance.now() < until) {
      const start = performance.now()
      await operation(index)
      record(histogram, performance.now() - start)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return { perSecond: (done * 1_000) / (performance.now() - began), histogram }
}

export interface Subject {
  readonly name: string
  readonly operation: (lane: number) => Promise<unknown>
}

/**
 * Runs the subjects in the order A B C … C B A after a warm-up of each, so that a drift of the machine hits all alike.
 * Both rounds of a subject are merged in one histogram; its rate is the mean of the two.
 */
export const thereAndBack = async (subjects: ReadonlyArray<Subject>, inFlight: number, seconds: number): Promise<ReadonlyMap<string, LoopResult>> => {
  const results = new Map<string, LoopResult>()
  for (const { operation } of subjects) await closedLoop(inFlight, Math.min(2, seconds), operation)
  for (const { name, operation } of [...subjects, ...[...subjects].reverse()]) {
    const round = await closedLoop(inFlight, seconds, operation)
    const first = results.get(name)
    if (first !== undefined) round.histogram.add(first.histogram)
    results.set(name, { histogram: round.histogram, perSecond: first === undefined ? round.perSecond : (first.perSecond + round.perSecond) / 2 })
  }
  return results
}
