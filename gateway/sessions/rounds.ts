import { gatewayLimits, innerLimits } from '../limits.js'

/** What is looked after by one timer for all sessions. */
export interface RoundParts {
  readonly everySecond: () => void
  readonly checkTokens: () => Promise<void>
  readonly probe: () => Promise<void>
  readonly onDefect: (error: unknown) => void
}

/** Runs until stopped; a check that still runs when it is due again is left out that time. */
export const startRounds = ({ everySecond, checkTokens, probe, onDefect }: RoundParts): (() => void) => {
  const paced = (everyMs: number, work: () => Promise<void>) => {
    let [rounds, busy] = [0, false]
    return (): void => {
      rounds += 1
      if (busy || rounds % Math.round(everyMs / innerLimits.sweepMs) !== 0) return
      busy = true
      void work().catch(onDefect).finally(() => { busy = false })
    }
  }
  const [tokens, probing] = [paced(gatewayLimits.tokenCheckMs, checkTokens), paced(innerLimits.probeMs, probe)]
  const timer = setInterval(() => {
    everySecond()
    tokens()
    probing()
  }, innerLimits.sweepMs)
  return () => { clearInterval(timer) }
}
