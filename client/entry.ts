import type { Acknowledgement, Problem } from '../events/wire/answers.js'
import { CommandRefused } from './client.js'
import type { Numbering } from './numbering.js'
import type { Answer } from './pipeline.js'
import { refusalOf } from './refusal.js'

export interface NewEntry {
  /** The command's JSON as it was when it was queued. */
  readonly body: string
  readonly resolve: (ack: Acknowledgement) => void
  readonly reject: (error: Error) => void
}

/** A queued command. */
export interface Entry extends NewEntry {
  /** Kept until the gateway says that the command did not take it: sent again with it, the command cannot be doubled. */
  counter: number | undefined
  inFlight: boolean
  /** Set once the answer is final; run when all before it are settled. */
  settle: (() => void) | undefined
  renumbered: number
}

/** What an answer means for the commands after it. */
export interface Consequence {
  /** Numbers under way may be wrong now: wait for their answers before anything more is sent. */
  readonly drain: boolean
  readonly againAfterMs?: number
}

const drain: Consequence = { drain: true }

const refused = (entry: Entry, isFirst: boolean, counter: number, problem: Problem, numbers: Numbering, renumberings: number): Consequence => {
  const refusal = refusalOf(problem)
  if (refusal._tag === 'Again') return { drain: true, againAfterMs: refusal.afterMs }
  if (refusal._tag === 'Renumber') {
    numbers.expect(refusal.expected)
    entry.counter = undefined
    entry.renumbered += isFirst ? 1 : 0
    if (entry.renumbered <= renumberings) return drain
  } else {
    numbers.unused(counter)
  }
  entry.settle = () => { entry.reject(new CommandRefused(problem)) }
  return drain
}

/** Notes the answer to the command as it was sent with `counter`. `isFirst`: nothing before it in its conversation is open. */
export const take = (entry: Entry, isFirst: boolean, counter: number, answer: Answer, numbers: Numbering, renumberings: number): Consequence => {
  entry.inFlight = false
  switch (answer._tag) {
    case 'Lost':
      return drain
    case 'Refused':
      return refused(entry, isFirst, counter, answer.problem, numbers, renumberings)
    case 'Acknowledged':
      entry.settle = () => { entry.resolve(answer.ack) }
      if (answer.ack.unchanged === true) {
        numbers.unused(counter)
        return drain
      }
      numbers.used(counter)
      return { drain: false }
  }
}
