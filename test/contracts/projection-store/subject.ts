import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import type { Position, StreamName } from '../../../events/event-store.js'
import type { ProgressReader } from '../../../events/progress.js'
import { conversationStream } from '../../../events/streams.js'
import type { Committed, ProjectedBatch, ProjectionStore, Step, Steps } from '../../../projections/ports.js'
import { poisonous, type Note, type Rows } from './read-models.js'

/** A projection store under test over the read models `journal` and `latest`, empty at first. */
export interface OpenProjectionStore {
  readonly store: ProjectionStore
  readonly progress: ProgressReader
  /** A second store over the same tables, as another process is. */
  readonly another: () => ProjectionStore
  /** A store over the same tables that knows `journal` only, as an older release is. */
  readonly older: () => ProjectionStore
  readonly rows: (readModel: 'journal' | 'latest') => Promise<Rows>
  /** Changes the text of every row, as nothing of ours ever does. */
  readonly tamper: (readModel: 'journal' | 'latest') => Promise<void>
  readonly close: () => Promise<void>
}

export type Open = () => Promise<OpenProjectionStore>

/** The fresh store of the running test. */
export type Subject = () => OpenProjectionStore

export const done = async <A>(task: TaskEither<unknown, A>): Promise<A> => {
  const answer = await task()
  if (E.isLeft(answer)) throw new Error(`refused: ${JSON.stringify(answer.left)}`)
  return answer.right
}

export const at = (number: number): Position => String(number).padStart(20, '0') as Position

export const aStream = (): StreamName => conversationStream(uuidv7())

/** A step at a position: its revision is the position, unless said otherwise. */
export const step = (stream: StreamName, position: number, text = `note ${position}`, revision = position): Step => ({
  event: { stream, revision: BigInt(revision), position: at(position), id: uuidv7(), type: 'MessageSent' },
  outcome: E.right([{ stream, revision, text } satisfies Note]),
})

export const poison = (stream: StreamName, position: number): Step => step(stream, position, poisonous)

export const unreadable = (one: Step, reason = 'no such type'): Step => ({ ...one, outcome: E.left(reason) })

/** The same steps for both projections. */
export const both = (...steps: ReadonlyArray<Step>): Steps => new Map([['journal', steps], ['latest', steps]])

export const aBatch = (steps: Steps, from: number, through: number, changes: Partial<ProjectedBatch> = {}): ProjectedBatch => ({
  partition: 0, partitions: 1, after: from === 0 ? 'start' : at(from), through: at(through), steps, ...changes,
})

export const commit = (store: ProjectionStore, ...batch: Parameters<typeof aBatch>): Promise<Committed> => done(store.commit(aBatch(...batch)))

export const sorted = (rows: Rows): Rows =>
  [...rows].map((row) => ({ ...row, revision: Number(row.revision) })).sort((one, other) => (one.stream === other.stream ? one.revision - other.revision : one.stream < other.stream ? -1 : 1))

export const notesOf = (...steps: ReadonlyArray<Step>): Rows =>
  sorted(steps.flatMap(({ outcome }) => (E.isRight(outcome) ? (outcome.right as ReadonlyArray<Note>) : [])))

export const chunks = async function* <A>(...all: ReadonlyArray<A>): AsyncGenerator<A> {
  yield* all
}
