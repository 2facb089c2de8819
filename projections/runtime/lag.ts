import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { StoreReadFailed, type EventStore, type Position, type RecordedEvent, type StreamName } from '../../events/event-store.js'
import { earliest, isAfter } from '../../events/progress.js'
import type { Clock } from '../../platform/clock.js'
import type { Checkpoint, ProjectionStore, ProjectionStoreUnavailable } from '../ports.js'

/** Lag above which the state is `late` and an alert is due. */
export const LAG_ALERT_MS = 5_000
/** Events that are looked through for the oldest one that is not applied. */
const LOOKED_THROUGH_EVENTS = 512
const LOG_TIMEOUT_MS = 2_000

export interface ProjectionLag {
  readonly projection: string
  /** Age of the oldest event that it has not applied; 0 at the head of the log. */
  readonly lagMs: number
  readonly state: 'in-time' | 'late'
  /** Its low watermark. */
  readonly position: Position | 'start'
}

export type LagError = ProjectionStoreUnavailable | { readonly _tag: 'LogUnavailable'; readonly reason: string }

export interface LagOptions {
  readonly projections: ReadonlyArray<{ readonly name: string }>
  readonly eventStore: EventStore
  readonly store: ProjectionStore
  readonly partitionOf: (stream: StreamName) => number
  readonly clock: Clock
}

/** The next events of the log after a position, at most so many, up to one that says enough; ends where the log does. */
const nextEvents = async (
  eventStore: EventStore, from: Position | 'start', isEnough: (event: RecordedEvent) => boolean,
): Promise<ReadonlyArray<RecordedEvent>> => {
  const [events, enough] = [[] as RecordedEvent[], new AbortController()]
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(LOG_TIMEOUT_MS)])
  try {
    for await (const item of eventStore.follow(from, signal)) {
      if (!('id' in item)) return events
      events.push(item)
      if (events.length === LOOKED_THROUGH_EVENTS || isEnough(item)) return events
    }
    throw new StoreReadFailed(`the log did not answer within ${LOG_TIMEOUT_MS} ms`)
  } finally {
    enough.abort()
  }
}

const recordedAt = ({ metadata }: RecordedEvent): number | undefined => {
  try {
    const { recordedAt } = JSON.parse(Buffer.from(metadata.buffer, metadata.byteOffset, metadata.byteLength).toString('utf8')) as { recordedAt?: unknown }
    return typeof recordedAt === 'number' ? recordedAt : undefined
  } catch {
    return undefined
  }
}

interface Progress {
  readonly projection: string
  /** Its low watermark. */
  readonly position: Position | 'start'
  /** Whether its partition's checkpoint has not reached the event. */
  readonly isDue: (event: RecordedEvent) => boolean
}

const progressOf = (projection: string, checkpoints: ReadonlyArray<Checkpoint>, partitionOf: LagOptions['partitionOf']): Progress => {
  const mine = checkpoints.filter((checkpoint) => checkpoint.projection === projection)
  const positions = new Map(mine.map(({ partition, position }) => [partition, position]))
  return {
    projection,
    position: earliest(mine.map(({ position }) => position)),
    isDue: ({ stream, position }) => isAfter(position, positions.get(partitionOf(stream)) ?? 'start'),
  }
}

/** Age of the first event that is due; of the last one seen when all those were applied. */
const ageOf = (events: ReadonlyArray<RecordedEvent>, { isDue }: Progress, clock: Clock): number => {
  const due = events.findIndex(isDue)
  const isLogEnd = events.length < LOOKED_THROUGH_EVENTS
  if (due === -1 && isLogEnd) return 0
  const at = events.slice(due).map(recordedAt).find((time) => time !== undefined)
  return at === undefined ? 0 : Math.max(0, clock() - at)
}

/** Of projections at one low watermark: reads on until each has met an event that is due. */
const lagsAt = async (position: Position | 'start', all: ReadonlyArray<Progress>, { eventStore, clock }: LagOptions): Promise<ReadonlyArray<ProjectionLag>> => {
  const waiting = new Set(all)
  const events = await nextEvents(eventStore, position, (event) => {
    for (const one of waiting) if (one.isDue(event) && recordedAt(event) !== undefined) waiting.delete(one)
    return waiting.size === 0
  })
  return all.map((one) => {
    const lagMs = ageOf(events, one, clock)
    return { projection: one.projection, lagMs, state: lagMs > LAG_ALERT_MS ? 'late' : 'in-time', position }
  })
}

const lagsOf = async (checkpoints: ReadonlyArray<Checkpoint>, options: LagOptions): Promise<ReadonlyArray<ProjectionLag>> => {
  const all = options.projections.map(({ name }) => progressOf(name, checkpoints, options.partitionOf))
  const positions = [...new Set(all.map(({ position }) => position))]
  const lags = (await Promise.all(positions.map((position) => lagsAt(position, all.filter((one) => one.position === position), options)))).flat()
  return all.flatMap(({ projection }) => lags.find((lag) => lag.projection === projection) ?? [])
}

/**
 * How far each projection is behind, for metrics and alerts: computed by whoever asks from the checkpoints and the log, so
 * it grows also while the projector is stuck or dead. Costs a look into the log after each distinct low watermark, up to the
 * first event that is due. Exact when the oldest due event lies within 512 events after the low watermark, else at
 * most that much too high: other partitions had applied those already.
 */
export const lagOf = (options: LagOptions): TE.TaskEither<LagError, ReadonlyArray<ProjectionLag>> =>
  pipe(
    options.store.checkpoints(),
    TE.mapLeft((error): LagError => error),
    TE.chain((checkpoints) => async () => {
      try {
        return E.right(await lagsOf(checkpoints, options))
      } catch (error) {
        return E.left({ _tag: 'LogUnavailable', reason: error instanceof Error ? error.message : String(error) })
      }
    }),
  )
