import { take, type Entry, type NewEntry } from './entry.js'
import type { ClientLimits } from './limits.js'
import { numbering } from './numbering.js'
import type { Answer, Pipeline, Source } from './pipeline.js'
import { retry } from './retry.js'

export interface Lane {
  readonly add: (entry: NewEntry) => void
  readonly stop: (error: Error) => void
}

interface LaneSurroundings {
  readonly conversation: string
  /** The device's next number here, where it is known. */
  readonly next: number | undefined
  readonly pipeline: Pipeline
  readonly limits: ClientLimits
  readonly random: () => number
  readonly onSettled: () => void
}

const settleInOrder = (entries: Array<Entry>, onSettled: () => void): void => {
  while (entries[0]?.settle !== undefined) {
    entries.shift()?.settle?.()
    onSettled()
  }
}

/**
 * One conversation's commands: sent in order, settled in order, several under way.
 *
 * After any answer but an acknowledgement nothing more is sent until all that is under way is answered: only then is it
 * known which numbers were used (docs/adr/0004). The commands that are left are then sent again in order: with the same
 * number where a command may have taken it, with the following numbers otherwise.
 */
export const lane = ({ conversation, next, pipeline, limits, random, onSettled }: LaneSurroundings): Lane => {
  const name = JSON.stringify(conversation)
  const numbers = numbering(next)
  const pause = retry(limits, random, () => { pipeline.wake(source) })
  const entries: Array<Entry> = []
  let inFlight = 0
  let draining = false
  let againAfterMs: number | undefined

  const sendNext = (): boolean => {
    const window = numbers.isCertain() ? limits.inFlightPerConversation : 1
    if (draining || pause.isWaiting() || inFlight >= window) return false
    const entry = entries.find((waiting) => !waiting.inFlight && waiting.settle === undefined)
    if (entry === undefined) return false
    const counter = numbers.give(entry.counter)
    entry.counter = counter
    entry.inFlight = true
    inFlight += 1
    pipeline.ask(
      (request) => `{"type":"command","request":${request},"conversation":${name},"counter":${counter},"command":${entry.body}}`,
      (answer) => { answered(entry, counter, answer) },
    )
    return true
  }
  const source: Source = { sendNext }

  const answered = (entry: Entry, counter: number, answer: Answer) => {
    const consequence = take(entry, entry === entries[0], counter, answer, numbers, limits.renumberings)
    inFlight -= 1
    draining = inFlight > 0 && (draining || consequence.drain)
    if (answer._tag === 'Acknowledged') pause.succeeded()
    if (consequence.againAfterMs !== undefined) againAfterMs = Math.max(againAfterMs ?? 0, consequence.againAfterMs)
    settleInOrder(entries, onSettled)
    if (inFlight === 0 && againAfterMs !== undefined) {
      pause.begin(againAfterMs)
      againAfterMs = undefined
    }
    pipeline.wake(source)
  }

  return {
    add: (entry) => {
      entries.push({ ...entry, counter: undefined, inFlight: false, settle: undefined, renumbered: 0 })
      pipeline.wake(source)
    },
    stop: (error) => {
      pause.end()
      for (const entry of entries.splice(0)) (entry.settle ?? (() => { entry.reject(error) }))()
    },
  }
}
