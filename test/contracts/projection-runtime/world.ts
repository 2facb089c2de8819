import { memoryKeyStore } from '../../../adapters/memory/key-store.js'
import { catchUpFeed } from '../../../adapters/catch-up/feed.js'
import type { CommittedBatch } from '../../../events/committed.js'
import type { EventStore, RecordedEvent, StreamName } from '../../../events/event-store.js'
import type { KeyStore } from '../../../events/key-store.js'
import { earliest } from '../../../events/progress.js'
import type { Feed, ProjectionStore } from '../../../projections/ports.js'
import type { Projected, Projection } from '../../../projections/projection.js'
import { parkedStreams, startProjector, type Projector, type ProjectorOptions, type ProjectorProblem } from '../../../projections/index.js'
import { until } from '../../support/until.js'
import { done } from '../projection-store/subject.js'
import type { Note, Rows } from '../projection-store/read-models.js'

/** What an adapter gives to these suites: a log and a store of `journal` and `latest`, both empty. */
export interface OpenRuntime {
  readonly eventStore: EventStore
  readonly store: () => ProjectionStore
  readonly rows: (readModel: 'journal' | 'latest') => Promise<Rows>
  readonly close: () => Promise<void>
}

export interface World extends OpenRuntime {
  readonly keyStore: KeyStore
  readonly projections: ReadonlyArray<Projection<Note>>
  /** Ids of events that `journal` cannot project, until they are taken out. */
  readonly poisonous: Set<string>
  readonly announced: CommittedBatch[]
  readonly problems: ProjectorProblem[]
  readonly feed: (partitions?: number) => Feed
  /** A projector that is stopped at the end of the test. */
  readonly start: (changes?: Partial<ProjectorOptions>) => Projector
  readonly parked: ReturnType<typeof parkedStreams>
  /** Waits until every projection has come to the event. */
  readonly reached: (event: RecordedEvent | undefined) => Promise<void>
}

export const noteOf = ({ stream, revision, id }: Pick<RecordedEvent, 'stream' | 'revision' | 'id'>): Note => ({ stream, revision: Number(revision), text: id })

/** What the read models must hold for these events. */
export const journalOf = (events: ReadonlyArray<RecordedEvent>): Rows => events.map(noteOf).sort((one, other) =>
  one.stream === other.stream ? one.revision - other.revision : one.stream < other.stream ? -1 : 1)
export const latestOf = (events: ReadonlyArray<RecordedEvent>): Rows =>
  journalOf([...new Map(events.map((event): [StreamName, RecordedEvent] => [event.stream, event])).values()])

export const noting = (name: string, version: number, check: (projected: Projected) => void): Projection<Note> => ({
  name, version, categories: ['conversation'], opens: [],
  project: (projected) => {
    check(projected)
    return [noteOf(projected.recorded)]
  },
})

export const worldOf = (opened: OpenRuntime): World => {
  const poisonous = new Set<string>()
  const [announced, problems, started] = [[] as CommittedBatch[], [] as ProjectorProblem[], [] as Projector[]]
  const keyStore = memoryKeyStore()
  const projections = [
    noting('journal', 1, ({ event }) => { if (poisonous.has(event.id)) throw new Error('not yet known how') }),
    noting('latest', 1, () => undefined),
  ]
  const { eventStore } = opened
  const feed = (partitions = 1) => catchUpFeed({ eventStore, partitions })
  const start: World['start'] = (changes) => {
    const projector = startProjector({
      feed: feed(), group: 'read-models', projections, store: opened.store(), keyStore, announced: 'journal',
      announcer: { announce: (batch) => announced.push(batch) }, onProblem: (problem) => problems.push(problem), ...changes,
    })
    started.push(projector)
    return projector
  }
  const reached: World['reached'] = async (event) => {
    if (event === undefined) throw new Error('no event to wait for')
    await until(async () => {
      const low = earliest((await done(opened.store().checkpoints())).map(({ position }) => position))
      return low !== 'start' && low >= event.position
    })
  }
  const close = async () => {
    await Promise.all(started.map(({ stop }) => stop()))
    await opened.close()
  }
  const parked = parkedStreams({ projections, eventStore, store: opened.store(), keyStore })
  return { ...opened, keyStore, projections, poisonous, announced, problems, feed, start, parked, reached, close }
}

/** Breaks in the chain of announced batches, by partition. */
export const brokenChains = (announced: ReadonlyArray<CommittedBatch>): ReadonlyArray<CommittedBatch> => {
  const last = new Map<number, string>()
  return announced.filter(({ partition, after, through }) => {
    const expected = last.get(partition)
    last.set(partition, through)
    return expected !== undefined && expected !== after
  })
}
