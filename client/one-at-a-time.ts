import type { Problem } from '../events/wire/answers.js'
import type { ClientLimits } from './limits.js'
import type { Answer, Pipeline, Source } from './pipeline.js'
import { refusalOf } from './refusal.js'
import { retry } from './retry.js'

export interface Surroundings {
  readonly pipeline: Pipeline
  readonly limits: ClientLimits
  readonly random: () => number
}

interface Requests<A> {
  /** What is to be asked now; undefined: nothing. */
  readonly next: () => A | undefined
  readonly frame: (request: number, asked: A) => object
  /** It was acknowledged, or refused for good. */
  readonly settle: (asked: A, refused: Problem | undefined) => void
}

export interface OneAtATime {
  /** There may be something to ask. */
  readonly wake: () => void
  /** Waits for nothing more. */
  readonly end: () => void
}

/** Asks one thing at a time, again until it is acknowledged or refused for good. */
export const oneAtATime = <A>({ pipeline, limits, random }: Surroundings, { next, frame, settle }: Requests<A>): OneAtATime => {
  const wake = () => { pipeline.wake(source) }
  const pause = retry(limits, random, wake)
  let underWay = false

  const sendNext = (): boolean => {
    const asked = underWay || pause.isWaiting() ? undefined : next()
    if (asked === undefined) return false
    underWay = true
    pipeline.ask((request) => JSON.stringify(frame(request, asked)), (answer) => { answered(asked, answer) })
    return true
  }
  const source: Source = { sendNext }

  const done = (asked: A, refused?: Problem) => {
    pause.succeeded()
    settle(asked, refused)
  }
  const answered = (asked: A, answer: Answer) => {
    underWay = false
    if (answer._tag === 'Acknowledged') done(asked)
    if (answer._tag === 'Refused') {
      const refusal = refusalOf(answer.problem)
      if (refusal._tag === 'Again') pause.begin(refusal.afterMs)
      else done(asked, answer.problem)
    }
    wake()
  }
  return { wake, end: pause.end }
}
