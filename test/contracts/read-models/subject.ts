import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { CommandReceipts, EndedStories, MessageFacts } from '../../../command-side/ports.js'
import { decode } from '../../../events/codec.js'
import type { Position, RecordedEvent } from '../../../events/event-store.js'
import type { Audience } from '../../../events/audience.js'
import type { KeyStore } from '../../../events/key-store.js'
import { open } from '../../../events/sealing.js'
import { parseStream } from '../../../events/streams.js'
import type { Problem } from '../../../events/wire/answers.js'
import type { LastSeenRule } from '../../../gateway/ports.js'
import { accountsProjection } from '../../../projections/accounts/project.js'
import { audienceProjection } from '../../../projections/audience/project.js'
import { commandReceiptsProjection } from '../../../projections/command-receipts/project.js'
import { inboxProjection } from '../../../projections/inbox/project.js'
import type { Clock } from '../../../platform/clock.js'
import { membersProjection } from '../../../projections/members/project.js'
import { notificationsProjection } from '../../../projections/notifications/project.js'
import type { Projected, Projection } from '../../../projections/projection.js'
import { readStatesProjection } from '../../../projections/read-states/project.js'
import { storiesProjection } from '../../../projections/stories/project.js'
import { timelineProjection } from '../../../projections/timeline/project.js'
import { createReadSide } from '../../../read-side/create.js'
import type { ReadSide } from '../../../read-side/index.js'
import type { Readers } from '../../../read-side/ports.js'
import { right } from './history.js'

/** A stand-in for the keyed digest that the keyring gives. */
export const handleDigest = (handle: string): string => `digest of "${handle}"`

export const projections = {
  timeline: timelineProjection,
  members: membersProjection,
  inbox: inboxProjection,
  accounts: accountsProjection(handleDigest),
  commandReceipts: commandReceiptsProjection,
  readStates: readStatesProjection,
  audience: audienceProjection,
  notifications: notificationsProjection,
  stories: storiesProjection,
} as const

export type ReadModelName = keyof typeof projections
export const readModelNames = Object.keys(projections) as ReadonlyArray<ReadModelName>

/** Read models under test, empty when opened. */
export interface OpenReadModels {
  /** Applies writes of one projection as one batch. */
  readonly apply: (name: ReadModelName, writes: ReadonlyArray<unknown>) => Promise<void>
  readonly readers: Readers
  readonly facts: MessageFacts
  readonly receipts: CommandReceipts
  readonly audience: Audience
  readonly lastSeenRule: LastSeenRule
  readonly endedStories: EndedStories
  /** Every row of every table as text, in an order of their own, once what waits to be dropped is. */
  readonly rows: () => Promise<ReadonlyArray<string>>
  readonly close: () => Promise<void>
}

const contentOf = async (keyStore: KeyStore, recorded: RecordedEvent, unit: unknown): Promise<unknown> => {
  const [state] = right(await keyStore.find([String(unit)])())
  if (state?._tag !== 'Living' || recorded.sealed === undefined) return undefined
  const opened = right(open(state.key, { stream: recorded.stream, eventId: recorded.id, type: recorded.type }, recorded.sealed))
  return JSON.parse(Buffer.from(opened.content).toString('utf8'))
}

const projected = async (keyStore: KeyStore, projection: Projection<unknown>, recorded: RecordedEvent): Promise<Projected> => {
  const event = right(decode(recorded))
  const opens = projection.opens.includes(event.type) && 'unit' in event.data
  return { event, recorded, content: opens ? await contentOf(keyStore, recorded, event.data.unit) : undefined }
}

/** Projects events into every read model as one batch. */
export const projectAll = async (models: OpenReadModels, keyStore: KeyStore, events: ReadonlyArray<RecordedEvent>): Promise<void> => {
  for (const name of readModelNames) {
    const projection: Projection<unknown> = projections[name]
    const writes: unknown[] = []
    for (const recorded of events) {
      const category = right(E.fromOption(() => 'not our stream')(parseStream(recorded.stream))).category
      if (projection.categories.includes(category)) writes.push(...projection.project(await projected(keyStore, projection, recorded)))
    }
    await models.apply(name, writes)
  }
}

/** The read side over read models that hold everything up to `head`. */
export const readSideOf = (models: OpenReadModels, keyStore: Pick<KeyStore, 'find'>, head: Position | 'start' = 'start', clock: Clock = Date.now): ReadSide =>
  createReadSide({
    readers: models.readers, audience: models.audience, keyStore, handleDigest, clock,
    progress: { progress: async () => head, changed: (_seen, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve())) },
  })

/** Drops what is left of ended stories. */
export const drained = async ({ drop }: EndedStories): Promise<void> => {
  while (await answer(drop(10_000)));
}

export const answer = async <A>(asked: TaskEither<unknown, A>): Promise<A> => right(await asked())

export const refusal = async (asked: TaskEither<Problem, unknown>): Promise<Problem> => {
  const given = await asked()
  if (E.isRight(given)) throw new Error(`expected a problem, not ${JSON.stringify(given.right)}`)
  return given.left
}
