import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { LRUCache } from 'lru-cache'
import type { Appended, EventStore, NewEvent, RecordedEvent, StreamName } from '../../events/event-store.js'
import type { SnapshotStore } from '../ports.js'
import { after, nothingKept, restored, schemaOf, snapshotOf, type Folding, type Kept } from './kept.js'
import { streamFrom } from './stream-from.js'

const SNAPSHOT_EVERY_EVENTS = 200
const WARM_BYTES = 64 * 1024 * 1024

export interface Warm<State> {
  readonly kept: Kept<State>
  /** Milliseconds of the monotonic clock at which it was the stream's present. */
  readonly asOf: number
}

/** States of the streams of one category: warm ones in memory, others from a snapshot and the stream's tail. */
export interface StreamStates<State> {
  readonly warm: (stream: StreamName) => Warm<State> | undefined
  /** The warm state, or the loaded one; `fresh` when it was read just now. Rejects when the stream cannot be read. */
  readonly current: (stream: StreamName) => Promise<{ readonly kept: Kept<State>; readonly fresh: boolean }>
  /** Reads the stream on from `kept`; `news` are the events that were added. */
  readonly caughtUp: (stream: StreamName, kept: Kept<State>) => Promise<{ readonly kept: Kept<State>; readonly news: ReadonlyArray<RecordedEvent> }>
  /** After an append of our own on `kept`. */
  readonly appended: (stream: StreamName, kept: Kept<State>, events: ReadonlyArray<NewEvent>, at: Appended) => Kept<State>
  /** The stream may have changed in a way that is not known: the next one loads it. */
  readonly forget: (stream: StreamName) => void
  /** Resolves when no snapshot is being saved any more. */
  readonly saved: () => Promise<void>
}

export interface StatesDependencies {
  readonly eventStore: EventStore
  readonly snapshots: SnapshotStore
  /** Milliseconds, never going back. */
  readonly elapsed: () => number
}

/** Callers work on one stream in one lane. Warm states are bounded by what they weigh, the least used go first. */
export const streamStates = <State>(aggregate: Folding<State>, { eventStore, snapshots, elapsed }: StatesDependencies): StreamStates<State> => {
  const warm = new LRUCache<StreamName, Warm<State>>({ maxSize: WARM_BYTES, maxEntrySize: WARM_BYTES, sizeCalculation: ({ kept }) => kept.bytes })
  const saving = new Set<Promise<unknown>>()

  const save = (stream: StreamName, kept: Kept<State>): Kept<State> => {
    const snapshot = snapshotOf(aggregate, stream, kept)
    if (snapshot === undefined) return kept
    // A snapshot that is lost costs a longer read, nothing else.
    const saved = snapshots.save(snapshot)().finally(() => saving.delete(saved))
    saving.add(saved)
    return { ...kept, sinceSnapshot: 0, bytes: snapshot.state.length }
  }

  const remember = (stream: StreamName, kept: Kept<State>, asOf: number): Kept<State> => {
    const light = kept.sinceSnapshot >= SNAPSHOT_EVERY_EVENTS ? save(stream, kept) : kept
    warm.set(stream, { kept: light, asOf })
    return light
  }

  const caughtUp: StreamStates<State>['caughtUp'] = async (stream, kept) => {
    const asOf = elapsed()
    const news: RecordedEvent[] = []
    let now = kept
    for await (const event of streamFrom(eventStore, stream, (kept.last?.revision ?? -1n) + 1n)) {
      now = after(aggregate, now, event)
      news.push(event)
    }
    return { kept: remember(stream, now, asOf), news }
  }

  const fromSnapshot = async (stream: StreamName): Promise<Kept<State>> => {
    const found = await snapshots.load(stream, schemaOf(aggregate))()
    if (E.isLeft(found) || O.isNone(found.right)) return nothingKept(aggregate)
    const snapshot = found.right.value
    for await (const event of eventStore.read(stream, { from: snapshot.revision, direction: 'forwards', limit: 1 })) {
      return restored(aggregate, snapshot, event) ?? nothingKept(aggregate)
    }
    return nothingKept(aggregate)
  }

  return {
    warm: (stream) => warm.get(stream),
    current: async (stream) => {
      const there = warm.get(stream)
      if (there !== undefined) return { kept: there.kept, fresh: false }
      return { kept: (await caughtUp(stream, await fromSnapshot(stream))).kept, fresh: true }
    },
    caughtUp,
    appended: (stream, kept, events, { firstRevision, position }) => {
      const recorded = events.map((event, index): RecordedEvent => ({ ...event, stream, revision: firstRevision + BigInt(index), position }))
      return remember(stream, recorded.reduce((now, event) => after(aggregate, now, event), kept), elapsed())
    },
    forget: (stream) => { warm.delete(stream) },
    saved: async () => { await Promise.allSettled(saving) },
  }
}
