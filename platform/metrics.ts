import { collectDefaultMetrics, Registry } from 'prom-client'

/**
 * The metrics of one process, in the text format of Prometheus at `/metrics`: memory, event loop and garbage collection of
 * the process, and whatever registers itself (`new Counter({ registers: [metrics], … })`). Names start with
 * `tidings_`, durations are in seconds, labels have few values: never an id, an address or content.
 */
export const createMetrics = (): Registry => {
  const metrics = new Registry()
  collectDefaultMetrics({ register: metrics })
  return metrics
}
