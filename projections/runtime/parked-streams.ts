import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { EventStore, RecordedEvent, StreamName } from '../../events/event-store.js'
import type { KeyStore } from '../../events/key-store.js'
import type { ParkedStream, ProjectionStore, ProjectionStoreUnavailable, Released, ReleaseError, Step } from '../ports.js'
import type { Projection } from '../projection.js'
import { projectEvents } from './project-events.js'

export interface ParkedStreams {
  /** Oldest first. */
  readonly parked: () => TaskEither<ProjectionStoreUnavailable, ReadonlyArray<ParkedStream>>
  /** Applies the event that the stream waits at and what came after it, after the cause was mended. */
  readonly retry: (projection: string, stream: StreamName) => TaskEither<ReleaseError, Released>
  /** Leaves that one event out for ever, with the reason kept, and goes on with what came after it. */
  readonly skip: (projection: string, stream: StreamName, reason: string) => TaskEither<ReleaseError, Released>
}

const EVENTS_AT_ONCE = 1_000

const inChunks = async function* (events: AsyncIterable<RecordedEvent>, through: bigint): AsyncGenerator<ReadonlyArray<RecordedEvent>> {
  let chunk: RecordedEvent[] = []
  for await (const event of events) {
    if (event.revision > through) break
    chunk.push(event)
    if (chunk.length < EVENTS_AT_ONCE) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/**
 * The operator's view of streams that wait at an event which could not be applied. Retry and skip read the stream from
 * there up to where the projector has come and apply it in one transaction; projectors may run meanwhile.
 */
export const parkedStreams = (options: {
  readonly projections: ReadonlyArray<Projection<unknown>>
  readonly eventStore: EventStore
  readonly store: ProjectionStore
  readonly keyStore: KeyStore
}): ParkedStreams => {
  const { projections, eventStore, store, keyStore } = options

  const heldBack = async function* (projection: string, stream: StreamName, from: bigint, to: bigint): AsyncGenerator<ReadonlyArray<Step>> {
    const project = projectEvents(projections.filter(({ name }) => name === projection), keyStore)
    const events = eventStore.read(stream, { from, direction: 'forwards', limit: Number(to - from) + 1 })
    for await (const chunk of inChunks(events, to)) {
      const steps = await project(chunk)()
      if (E.isLeft(steps)) throw new Error(steps.left.reason)
      yield steps.right.get(projection) ?? []
    }
  }
  const release = (projection: string, stream: StreamName, skip: string | undefined) =>
    store.release(projection, stream, skip, (from, to) => heldBack(projection, stream, from, to))

  return {
    parked: store.parked,
    retry: (projection, stream) => release(projection, stream, undefined),
    skip: release,
  }
}
