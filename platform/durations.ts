import { build, type Histogram } from 'hdr-histogram-js'

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

const microsecondsInMillisecond = 1_000
const highestTrackable = 600 * 1_000 * microsecondsInMillisecond

/** A histogram of durations, kept in microseconds with three significant digits; merge with `add`, never average. */
export const durations = (): Histogram =>
  build({ lowestDiscernibleValue: 1, highestTrackableValue: highestTrackable, numberOfSignificantValueDigits: 3 })

/** Records a duration given in milliseconds. */
export const record = (histogram: Histogram, milliseconds: number): void => {
  histogram.recordValue(Math.min(highestTrackable, Math.max(1, Math.round(milliseconds * microsecondsInMillisecond))))
}

export const percentilesOf = (histogram: Histogram): Percentiles => {
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / microsecondsInMillisecond
  return { p50: at(50), p95: at(95), p99: at(99), max: histogram.maxValue / microsecondsInMillisecond }
}
