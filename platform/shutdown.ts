import type { Logger } from './logging.js'
import { withinTime } from './within-time.js'

const STEP_TIMEOUT_MS = 4_000
const TOTAL_TIMEOUT_MS = 4_500

/** The end of a process, in order: what was begun last ends first. */
export interface Shutdown {
  /** Adds what `stop` does before all steps that were added earlier; after `stop` it runs at once. */
  readonly onStop: (name: string, step: () => Promise<void>) => void
  /**
   * Runs the steps one after another, each within 4 s and all within 4.5 s; a step that fails or takes too long is logged
   * and the others go on. Once: later calls get the same answer. True when every step ended well.
   */
  readonly stop: (reason: string) => Promise<boolean>
  /** Aborted when `stop` begins. */
  readonly signal: AbortSignal
}

interface Step {
  readonly name: string
  readonly run: () => Promise<void>
}

export const createShutdown = (logger: Logger, stepTimeoutMs = STEP_TIMEOUT_MS, totalTimeoutMs = TOTAL_TIMEOUT_MS): Shutdown => {
  const steps: Step[] = []
  const stopping = new AbortController()
  let stopped: Promise<boolean> | undefined

  const runStep = async ({ name, run }: Step, timeoutMs: number): Promise<boolean> => {
    try {
      await withinTime(Promise.resolve().then(run), timeoutMs)
      return true
    } catch (error) {
      logger.error({ step: name, error }, 'could not be stopped in order')
      return false
    }
  }
  const runAll = async (reason: string): Promise<boolean> => {
    logger.info({ reason, steps: steps.length }, 'stopping')
    stopping.abort()
    const deadline = performance.now() + totalTimeoutMs
    let wholly = true
    for (const step of steps.reverse()) {
      wholly = (await runStep(step, Math.max(0, Math.min(stepTimeoutMs, deadline - performance.now())))) && wholly
    }
    logger.info({ wholly }, 'stopped')
    return wholly
  }
  return {
    onStop: (name, run) => {
      if (stopped === undefined) steps.push({ name, run })
      else void runStep({ name, run }, stepTimeoutMs)
    },
    stop: (reason) => (stopped ??= runAll(reason)),
    signal: stopping.signal,
  }
}

/**
 * Ends the process in order on SIGINT and SIGTERM (code 0), and on a defect that nobody caught (code 1). A second
 * signal ends it at once (code 130).
 */
export const stopOnSignals = (shutdown: Shutdown, logger: Logger): void => {
  const end = (reason: string, code: number) => {
    void shutdown.stop(reason).then((wholly) => process.exit(wholly ? code : 1))
  }
  const onSignal = (signal: string) => {
    if (shutdown.signal.aborted) process.exit(130)
    end(signal, 0)
  }
  const onDefect = (error: unknown) => {
    logger.error({ error }, 'a defect that nobody caught')
    end('defect', 1)
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, onSignal)
  process.on('uncaughtException', onDefect)
  process.on('unhandledRejection', onDefect)
}
