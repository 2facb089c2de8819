import type { Problem } from '../events/wire/answers.js'
import type { ProblemCode } from '../events/wire/problems.js'

/** What a client does about a refusal: number the command anew, send the same again after a while, or give it up. */
export type Refusal =
  | { readonly _tag: 'Renumber'; readonly expected: number }
  | { readonly _tag: 'Again'; readonly afterMs: number }
  | { readonly _tag: 'Final' }

const is = (problem: Problem, ...codes: ReadonlyArray<ProblemCode>): boolean =>
  codes.some((code) => problem.type === `urn:tidings:problem:${code}`)

export const refusalOf = (problem: Problem): Refusal => {
  if (is(problem, 'busy', 'unavailable', 'rate-limited')) return { _tag: 'Again', afterMs: problem.retryAfterMs ?? 0 }
  if (is(problem, 'counter-skipped', 'counter-reused') && problem.expectedCounter !== undefined) {
    return { _tag: 'Renumber', expected: problem.expectedCounter }
  }
  return { _tag: 'Final' }
}
