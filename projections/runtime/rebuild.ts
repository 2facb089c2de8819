import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { StoreReadFailed, type EventStore, type Position, type RecordedEvent, type StreamName } from '../../events/event-store.js'
import type { KeyStore, KeyStoreUnavailable } from '../../events/key-store.js'
import { earliest, isAfter } from '../../events/progress.js'
import type { Checkpoint, ProjectionStore, Rebuild, RebuildEnd, RebuildError, Steps } from '../ports.js'
import type { Projection } from '../projection.js'
import { projectEvents, type ProjectEvents } from './project-events.js'

export interface RebuildProgress {
  readonly events: number
  readonly position: Position | 'start'
  /** Where the live read models were when last looked: the rebuild has to come this far. */
  readonly through: Position | 'start'
}

export interface RebuildOptions {
  /** Rebuilt together, by one reading of the log. */
  readonly projections: ReadonlyArray<Projection<unknown>>
  readonly eventStore: EventStore
  readonly store: ProjectionStore
  readonly keyStore: KeyStore
  /** Of the feed. */
  readonly partitions: number
  readonly partitionOf: (stream: StreamName) => number
  readonly onProgress: (progress: RebuildProgress) => void
  /** `never` only compares (verification), `always` swaps in spite of differences. */
  readonly swap: 'when-equal' | 'always' | 'never'
  readonly signal?: AbortSignal
}

export interface RebuildReport extends RebuildEnd { readonly events: number }

export type RebuildFailure = RebuildError | KeyStoreUnavailable | { readonly _tag: 'Interrupted'; readonly reason: string }

const EVENTS_AT_ONCE = 1_000
/** Chunks that were projected and wait for the database, at most. */
const CHUNKS_AHEAD = 3
const BYTES_AT_ONCE = 8 * 1024 * 1024
/** So few events behind, the rest is applied while the projectors wait. */
const CLOSE_ENOUGH_EVENTS = 5_000
/** Projectors wait no longer for the log to give the rest. */
const REST_TIMEOUT_MS = 60_000

const sizeOf = ({ data, metadata, sealed }: RecordedEvent): number => data.byteLength + metadata.byteLength + (sealed?.byteLength ?? 0)

class Failed extends Error {
  constructor(readonly failure: RebuildFailure) { super(failure._tag) }
}

const orFail = async <A>(task: TaskEither<RebuildFailure, A>): Promise<A> => {
  const outcome = await task()
  if (E.isLeft(outcome)) throw new Failed(outcome.left)
  return outcome.right
}

/**
 * The log after `from` in large chunks, each event once, up to its end or to where `goesOn` says that the next event is too far. Throws when
 * the signal ends it before.
 */
const chunksOf = async function* (
  eventStore: EventStore, from: Position | 'start', signal: AbortSignal, goesOn: (next: RecordedEvent) => boolean | Promise<boolean>,
): AsyncGenerator<ReadonlyArray<RecordedEvent>> {
  let [chunk, bytes, last]: [RecordedEvent[], number, Position | 'start'] = [[], 0, from]
  let ended = false
  const enough = new AbortController()
  try {
    for await (const item of eventStore.follow(from, AbortSignal.any([signal, enough.signal]))) {
      const goes = 'id' in item ? goesOn(item) : false
      ended = !('id' in item) || !(typeof goes === 'boolean' ? goes : await goes)
      if (ended || !('id' in item)) break
      // A store that has reconnected may repeat events.
      if (!isAfter(item.position, last)) continue
      last = item.position
      chunk.push(item)
      bytes += sizeOf(item)
      if (chunk.length < EVENTS_AT_ONCE && bytes < BYTES_AT_ONCE) continue
      yield chunk
      ;[chunk, bytes] = [[], 0]
    }
  } finally {
    enough.abort()
  }
  if (!ended) throw new StoreReadFailed('reading the log was interrupted')
  if (chunk.length > 0) yield chunk
}

/** Fills up to where the live read models are, behind them by few events; answers what was applied. */
const fill = async (options: RebuildOptions, rebuild: Rebuild, project: ProjectEvents, signal: AbortSignal) => {
  let [events, position]: [number, Position | 'start'] = [0, 'start']
  const lowWatermark = async () => earliest((await orFail(rebuild.live())).map((checkpoint) => checkpoint.position))
  let [through, read, readWhenLooked] = [await lowWatermark(), 0, 0]

  const goesOn = (next: RecordedEvent): boolean | Promise<boolean> => {
    read += 1
    return isAfter(next.position, through) ? lookAgain(next) : true
  }
  const lookAgain = async (next: RecordedEvent): Promise<boolean> => {
    if (through === 'start' || read - readWhenLooked < CLOSE_ENOUGH_EVENTS) return false
    ;[through, readWhenLooked] = [await lowWatermark(), read]
    return !isAfter(next.position, through)
  }
  // Further chunks are read and projected while the database applies one.
  const ahead: Promise<void>[] = []
  let applying: Promise<void> = Promise.resolve()
  const apply = async (chunk: ReadonlyArray<RecordedEvent>, steps: Steps): Promise<void> => {
    await orFail(rebuild.fill(steps))
    events += chunk.length
    position = chunk.at(-1)?.position ?? position
    options.onProgress({ events, position, through })
  }
  try {
    for await (const chunk of chunksOf(options.eventStore, 'start', signal, goesOn)) {
      const steps = await orFail(project(chunk))
      applying = applying.then(() => apply(chunk, steps))
      applying.catch(() => undefined)
      if (ahead.push(applying) > CHUNKS_AHEAD) await ahead.shift()
    }
  } finally {
    // Also when reading failed: nothing is under way when the rebuild is abandoned.
    await applying
  }
  return { events, position }
}

/** Of each projection what lies at or before its live checkpoint. */
const upTo = (steps: Steps, live: ReadonlyArray<Checkpoint>, partitionOf: (stream: StreamName) => number): Steps => {
  const cuts = new Map(live.map(({ projection, partition, position }) => [`${projection} ${partition}`, position]))
  const isReached = (projection: string, { stream, position }: { readonly stream: StreamName; readonly position: Position }): boolean => {
    const cut = cuts.get(`${projection} ${partitionOf(stream)}`)
    return cut !== undefined && !isAfter(position, cut)
  }
  return new Map([...steps].map(([projection, all]) => [projection, all.filter(({ event }) => isReached(projection, event))]))
}

const rest = (options: RebuildOptions, project: ProjectEvents, from: Position | 'start', signal: AbortSignal) =>
  async function* (live: ReadonlyArray<Checkpoint>): AsyncGenerator<Steps> {
    const soon = AbortSignal.any([signal, AbortSignal.timeout(REST_TIMEOUT_MS)])
    const isWanted = ({ position }: RecordedEvent) => live.some((checkpoint) => checkpoint.position !== 'start' && position <= checkpoint.position)
    for await (const chunk of chunksOf(options.eventStore, from, soon, isWanted)) {
      yield upTo(await orFail(project(chunk)), live, options.partitionOf)
    }
  }

const run = async (options: RebuildOptions, rebuild: Rebuild, signal: AbortSignal): Promise<RebuildReport> => {
  const project = projectEvents(options.projections, options.keyStore)
  const { events, position } = await fill(options, rebuild, project, signal)
  const end = await orFail<RebuildEnd>(rebuild.finish({ remaining: rest(options, project, position, signal), swap: options.swap }))
  return { ...end, events }
}

/**
 * Fills read models anew from the log beside the live ones, which go on; then, while projectors wait, applies the rest
 * up to exactly the live checkpoints, compares every row, and swaps. Begins anew each time; one that is interrupted
 * changes nothing. A read model of a new version takes the place of the older one that is live.
 */
export const rebuild = (options: RebuildOptions): TaskEither<RebuildFailure, RebuildReport> => async () => {
  const started = await options.store.startRebuild(options.projections.map(({ name }) => name), options.partitions)()
  if (E.isLeft(started)) return started
  const signal = options.signal ?? new AbortController().signal
  try {
    return E.right(await run(options, started.right, signal))
  } catch (error) {
    if (error instanceof Failed) return E.left(error.failure)
    return E.left({ _tag: 'Interrupted', reason: error instanceof Error ? error.message : String(error) })
  } finally {
    await started.right.abandon()
  }
}
