import { setTimeout as after } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Position, RecordedEvent } from '../../events/event-store.js'
import type { KeyStore, KeyStoreUnavailable } from '../../events/key-store.js'
import { isAfter } from '../../events/progress.js'
import type { Announcer, CheckpointMoved, Committed, Feed, FeedBatch, ParkedStream, ProjectionStore, ProjectionStoreUnavailable } from '../ports.js'
import type { Projection } from '../projection.js'
import { projectEvents } from './project-events.js'

export type ProjectorProblem =
  /** A batch was not committed; the feed gives it again. */
  | { readonly _tag: 'NotCommitted'; readonly partition: number; readonly error: ProjectionStoreUnavailable | CheckpointMoved | KeyStoreUnavailable }
  | { readonly _tag: 'Parked'; readonly parked: ParkedStream }

export interface ProjectorOptions {
  readonly feed: Feed
  readonly group: string
  readonly projections: ReadonlyArray<Projection<unknown>>
  readonly store: ProjectionStore
  readonly keyStore: KeyStore
  readonly announcer: Announcer
  /** The projection whose commits are announced: who hears of an event can read it there. */
  readonly announced: string
  readonly onProblem: (problem: ProjectorProblem) => void
  /** After each commit, for metrics; `milliseconds` from the batch's arrival. */
  readonly onCommitted?: (commit: { readonly partition: number; readonly events: number; readonly milliseconds: number; readonly caughtUp: boolean }) => void
  /** Events in a batch at most; default 500. */
  readonly maxEvents?: number
  /** After a batch that caught up, how long a partition rests, milliseconds: what comes meanwhile is one batch. Default 0. */
  readonly restMs?: number
}

export interface Projector {
  /** Resolves when the batches under way are committed or given up; idempotent. */
  readonly stop: () => Promise<void>
  /** Resolves when it has stopped; rejects when the feed fails for good. */
  readonly stopped: Promise<void>
}

const MAX_EVENTS = 500
const TAKE_UP_AGAIN_MS = 100

/** A failure on its way to the feed, which gives the batch again. */
class NotCommitted extends Error {
  override readonly name = 'NotCommitted'
}

/** One consumption of the feed: how far each of its partitions was handed over, and what may have been committed unannounced. */
interface Round {
  readonly reached: Map<number, Position | 'start'>
  readonly unsure: Set<number>
  readonly giveUp: () => void
}

const announce = ({ announcer, announced }: ProjectorOptions, batch: FeedBatch, committed: Committed, from: Position | 'start'): void => {
  if (!isAfter(batch.through, from)) return
  const parked = committed.parked.get(announced)
  const isReadable = ({ stream, revision }: RecordedEvent): boolean => {
    const waitsAt = parked?.get(stream)
    return waitsAt === undefined || revision < waitsAt
  }
  const events = batch.events.filter((event) => isAfter(event.position, from) && isReadable(event))
  announcer.announce({ partition: batch.partition, after: from, through: batch.through, events })
}

const rest = (milliseconds: number, signal: AbortSignal): Promise<void> => after(milliseconds, undefined, { signal }).catch(() => undefined)

const handler = (options: ProjectorOptions, round: Round, signal: AbortSignal) => {
  const { store, feed, announced, onProblem, onCommitted, restMs = 0 } = options
  const project = projectEvents(options.projections, options.keyStore)

  const done = async <Error extends KeyStoreUnavailable | ProjectionStoreUnavailable | CheckpointMoved, A>(partition: number, task: TaskEither<Error, A>) => {
    const outcome = await task()
    if (E.isRight(outcome)) return outcome.right
    onProblem({ _tag: 'NotCommitted', partition, error: outcome.left })
    if (outcome.left._tag === 'CheckpointMoved') round.giveUp()
    throw new NotCommitted(outcome.left.reason)
  }
  return async (batch: FeedBatch): Promise<void> => {
    const { partition, through } = batch
    const began = performance.now()
    const reached = round.reached.get(partition) ?? 'start'
    const steps = await done(partition, project(batch.events))
    const wasUnsure = round.unsure.has(partition)
    round.unsure.add(partition)
    const committed = await done(partition, store.commit({ partition, partitions: feed.partitions, after: reached, through, steps }))
    round.unsure.delete(partition)
    round.reached.set(partition, through)
    for (const parked of committed.newlyParked) onProblem({ _tag: 'Parked', parked })
    // An attempt whose outcome was lost may have committed what nobody was told of.
    announce(options, batch, committed, wasUnsure ? reached : (committed.before.get(announced) ?? reached))
    onCommitted?.({ partition, events: batch.events.length, milliseconds: performance.now() - began, caughtUp: batch.caughtUp })
    if (restMs > 0 && batch.caughtUp) await rest(restMs, signal)
  }
}

const resume = ({ store, feed, announcer }: ProjectorOptions, round: Round) => async (partition: number): Promise<Position | 'start'> => {
  const position = await store.resumeAfter(partition, feed.partitions)()
  if (E.isLeft(position)) throw new NotCommitted(position.left.reason)
  round.reached.set(partition, position.right)
  round.unsure.delete(partition)
  // What was committed just before a crash was not announced: whoever listens sees by this that the chain is broken.
  if (position.right !== 'start') announcer.announce({ partition, after: position.right, through: position.right, events: [] })
  return position.right
}

/**
 * Projects a feed into the read models: reads, opens and projects a batch, commits it, then announces it, in order within
 * a partition, partitions side by side. What was not committed is never acknowledged to the feed nor announced; a
 * batch that is given again is neither applied nor announced twice. Where the store's checkpoint is found to have moved
 * (a database that lost its newest commits, another number of partitions), everything is taken up again from the
 * checkpoints.
 */
export const startProjector = (options: ProjectorOptions): Projector => {
  const ended = new AbortController()
  const consume = async (): Promise<void> => {
    const over = new AbortController()
    const round: Round = { reached: new Map(), unsure: new Set(), giveUp: () => over.abort() }
    const signal = AbortSignal.any([ended.signal, over.signal])
    await options.feed.consume({
      group: options.group,
      resumeAfter: resume(options, round),
      handle: handler(options, round, signal),
      maxEvents: options.maxEvents ?? MAX_EVENTS,
      signal,
    })
  }
  const run = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      await consume()
      await rest(TAKE_UP_AGAIN_MS, ended.signal)
    }
  }
  const stopped = run()
  const stop = (): Promise<void> => {
    ended.abort()
    return stopped
  }
  return { stop, stopped }
}
