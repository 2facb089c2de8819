import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { KeyStore } from '../../events/key-store.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Clock } from '../../platform/clock.js'
import { inParallel } from '../../platform/in-parallel.js'
import type { DueStories, DueStory, EndedStories, Unavailable } from '../ports.js'

/** Stories that are looked up, ended and forgotten together: no transaction of a sweep covers more. */
export const SWEEP_BATCH_STORIES = 10_000
/** Rows about ended stories that are dropped together. */
const DROPPED_AT_ONCE = 10_000
const AUTHORS_AT_ONCE = 32
const AWAY = 503

export interface SweepDependencies {
  readonly dueStories: DueStories
  readonly endedStories: EndedStories
  /** Of the command side: ends those that are over, each once whoever else does so too, and answers which have ended by now. */
  readonly expireStories: (author: string, storyIds: ReadonlyArray<string>) => TaskEither<Problem, ReadonlyArray<string>>
  readonly keyStore: Pick<KeyStore, 'destroy'>
  readonly clock: Clock
}

/** What one sweep came to. */
export interface Swept {
  /** Stories that were due, by batch. */
  readonly batches: ReadonlyArray<number>
  /** Stories whose end is durable and whose keys are destroyed. */
  readonly ended: number
  /** Why stories were left to the next sweep; empty: all that was due has ended. */
  readonly failures: ReadonlyArray<string>
}

interface Batch {
  readonly ended: ReadonlyArray<string>
  readonly failures: ReadonlyArray<string>
  /** What is needed for all of them does not answer: to go on would only press on it. */
  readonly away: boolean
}

const byAuthor = (stories: ReadonlyArray<DueStory>): ReadonlyArray<readonly [author: string, storyIds: ReadonlyArray<string>]> => {
  const authors = new Map<string, string[]>()
  for (const { author, storyId } of stories) {
    const of = authors.get(author)
    if (of === undefined) authors.set(author, [storyId])
    else of.push(storyId)
  }
  return [...authors]
}

/** Authors side by side. One whose stories cannot be ended is passed over; when the log is away the rest is not tried. */
const end = async ({ expireStories }: SweepDependencies, stories: ReadonlyArray<DueStory>, signal: AbortSignal): Promise<Batch> => {
  const [ended, failures]: [string[], string[]] = [[], []]
  let away = false
  await inParallel(byAuthor(stories), AUTHORS_AT_ONCE, async ([author, storyIds]) => {
    if (away || signal.aborted) return
    const answer = await expireStories(author, storyIds)()
    if (E.isRight(answer)) return void ended.push(...answer.right)
    away ||= answer.left.status === AWAY
    failures.push(answer.left.type)
  })
  return { ended, failures: [...new Set(failures)], away }
}

/** Keys go only once the end of their stories is durable. */
const endAndForget = async (deps: SweepDependencies, stories: ReadonlyArray<DueStory>, signal: AbortSignal): Promise<Batch> => {
  const batch = await end(deps, stories, signal)
  if (batch.ended.length === 0) return batch
  const forgotten = await deps.keyStore.destroy(batch.ended)()
  return E.isRight(forgotten) ? batch : { ended: [], failures: [...batch.failures, forgotten.left.reason], away: true }
}

/** Until nothing is left, or it is aborted; answers why something is. */
const dropEnded = async ({ endedStories }: SweepDependencies, signal: AbortSignal): Promise<ReadonlyArray<string>> => {
  for (let more = true; more && !signal.aborted; ) {
    const dropped = await endedStories.drop(DROPPED_AT_ONCE)()
    if (E.isLeft(dropped)) return [dropped.left.reason]
    more = dropped.right
  }
  return []
}

/**
 * Ends all stories that are over as it begins, in batches, until none is left: the end of each is recorded once however many
 * sweep at the same time, then its key is destroyed. Goes through them by a cursor, so it ends also while their projection does
 * not move. What failed is told and comes again with the next sweep; aborted, it stops after what is under way.
 */
const endOverdue = async (deps: SweepDependencies, signal: AbortSignal): Promise<Swept> => {
  const now = deps.clock()
  const [batches, failures]: [number[], string[]] = [[], []]
  let [ended, after]: [number, DueStory | undefined] = [0, undefined]
  for (;;) {
    const page: E.Either<Unavailable, ReadonlyArray<DueStory>> = await deps.dueStories.due(now, SWEEP_BATCH_STORIES, after)()
    if (E.isLeft(page)) return { batches, ended, failures: [...failures, page.left.reason] }
    const stories: ReadonlyArray<DueStory> = page.right
    if (stories.length === 0) return { batches, ended, failures }
    const batch = await endAndForget(deps, stories, signal)
    batches.push(stories.length)
    failures.push(...batch.failures)
    ended += batch.ended.length
    if (batch.away || signal.aborted || stories.length < SWEEP_BATCH_STORIES) return { batches, ended, failures }
    after = stories.at(-1)
  }
}

/** Ends what is over, then drops what the read models still hold of stories whose end they know. */
export const sweepStories = async (deps: SweepDependencies, signal: AbortSignal): Promise<Swept> => {
  const swept = await endOverdue(deps, signal)
  return { ...swept, failures: [...swept.failures, ...(await dropEnded(deps, signal))] }
}
