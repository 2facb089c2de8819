import * as E from 'fp-ts/lib/Either.js'
import type { RecordedEvent, StreamName } from '../../events/event-store.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { unavailable } from './answers.js'
import { appendSealed, type AppendFailure } from './append.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Kept, Last } from './kept.js'
import { sealDrafts, type AnyDraft, type Stamp, type UnitKeys } from './seal-drafts.js'
import type { StreamStates } from './stream-states.js'

const DECISIONS_AT_MOST = 20
const CONTENDED_RETRY_MS = 50

export type Answer = E.Either<Problem, Acknowledgement>

export interface Proposal {
  readonly _tag: 'Proposed'
  readonly drafts: ReadonlyArray<AnyDraft>
  readonly stamp: Stamp
  readonly keys: UnitKeys
  readonly renew: () => Promise<E.Either<Problem, UnitKeys>>
}

/** What a command comes to on one state of its stream. */
export type Step =
  /** Whatever the stream says by now. */
  | { readonly _tag: 'Answered'; readonly answer: Answer }
  /**
   * By this state. Nothing is appended that would prove it to be the present one, so it must have been read after the
   * command came; `ahead`: by something that may be younger than the state, so it must be read after that.
   */
  | { readonly _tag: 'Settled'; readonly answer: Answer; readonly ahead: boolean }
  | Proposal

export const answered = (answer: Answer): Step => ({ _tag: 'Answered', answer })
export const settled = (answer: Answer, ahead = false): Step => ({ _tag: 'Settled', answer, ahead })

/** The acknowledgement of a command whose last event this is. */
export const acknowledged = ({ revision, recordedAt, position }: Omit<Last, 'hash'>, messageId?: string, mentions: Acknowledgement['mentions'] = []): Acknowledgement => ({
  ...(messageId === undefined ? {} : { messageId }), sequence: Number(revision), recordedAt, mentions, position,
})

/** The acknowledgement of a command that was in effect already. */
export const unchanged = ({ last }: Kept<unknown>): Answer => {
  if (last === undefined) throw new Error('nothing is in effect in a stream that is not there')
  return E.right({ ...acknowledged(last), unchanged: true })
}

/** `news`: what others appended since this command was first decided. */
export type Decide<State> = (kept: Kept<State>, news: ReadonlyArray<RecordedEvent>) => Promise<Step>

type Failure = { readonly retry: true } | { readonly retry: false; readonly problem: Problem; readonly outcomeKnown: boolean }

const failureOf = (failure: AppendFailure): Failure => {
  switch (failure._tag) {
    case 'WrongExpectedRevision':
      return { retry: true }
    case 'StoreUnavailable':
      return { retry: false, problem: unavailable(failure.retryAfterMs), outcomeKnown: false }
    case 'Refused':
      return { retry: false, problem: failure.problem, outcomeKnown: true }
    case 'EventTooLarge':
    case 'AppendTooLarge':
      return { retry: false, problem: problem('too-large', { detail: `This makes ${failure.bytes} bytes, at most ${failure.limit} are taken.` }), outcomeKnown: true }
    case 'EmptyAppend':
      throw new Error('nothing to append')
  }
}

/**
 * Decides on the state and appends at its revision; when another append was quicker, catches up and decides again, a
 * bounded number of times. What is not appended (refusals, `unchanged`) is answered only by the stream's present. The
 * caller holds the stream's lane. `onAppended` runs after the append and before the answer.
 */
export const decideAndAppend = <State>(deps: CommandSideDependencies, states: StreamStates<State>) => {
  const elapsed = deps.elapsed ?? monotonic
  let awayUntil = 0
  return async (stream: StreamName, decide: Decide<State>, onAppended: (drafts: ReadonlyArray<AnyDraft>, last: Last) => Promise<Acknowledgement>): Promise<Answer> => {
    const started = await states.current(stream)
    const news: RecordedEvent[] = []
    let { kept, fresh } = started
    const catchUp = async (): Promise<boolean> => {
      const caught = await states.caughtUp(stream, kept)
      kept = caught.kept
      news.push(...caught.news)
      fresh = true
      return caught.news.length > 0
    }

    for (let decisions = 0; decisions < DECISIONS_AT_MOST; decisions += 1) {
      const step = await decide(kept, news)
      if (step._tag === 'Answered') return step.answer
      if (step._tag === 'Settled') {
        if ((fresh && !step.ahead) || !(await catchUp())) return step.answer
        continue
      }
      const place = { stream, after: kept.last, chained: true }
      const ids = step.drafts.map(() => deps.newId())
      const seal = (keys: UnitKeys) => sealDrafts(place, step.drafts, ids, keys, step.stamp)
      const appended = await appendSealed(deps.eventStore, place, { seal, keys: step.keys, renew: step.renew, patient: elapsed() >= awayUntil }, elapsed)
      if (E.isRight(appended)) {
        const { last } = states.appended(stream, kept, appended.right.events, appended.right.at)
        if (last === undefined) throw new Error('an append makes a stream')
        return E.right(await onAppended(step.drafts, last))
      }
      const failure = failureOf(appended.left)
      if (!failure.retry) {
        if (!failure.outcomeKnown) {
          states.forget(stream)
          awayUntil = elapsed() + (failure.problem.retryAfterMs ?? 0)
        }
        return E.left(failure.problem)
      }
      deps.hooks?.conflict?.(stream)
      await catchUp()
    }
    return E.left(problem('busy', { retryAfterMs: CONTENDED_RETRY_MS }))
  }
}

export const monotonic = (): number => performance.now()
