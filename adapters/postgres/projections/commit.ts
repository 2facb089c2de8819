import type pg from 'pg'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Position } from '../../../events/event-store.js'
import type { CheckpointMoved, Committed, ProjectedBatch, ProjectionStoreUnavailable } from '../../../projections/ports.js'
import { isAfter } from '../../../events/progress.js'
import type { WaitingLine } from '../../projection-store/waiting-line.js'
import { streamsOf, waitingLine } from '../../projection-store/waiting-line.js'
import { inTransaction } from '../pool.js'
import { applyAtOnce, applyCarefully } from './apply-steps.js'
import { lockCheckpoints, moveCheckpoints } from './checkpoints.js'
import { keepParked, knownOf, parkedStreams } from './dead-letters.js'
import { attempt, mayBePoison, Refused } from './failures.js'
import type { Target } from './target.js'

type Before = ReadonlyMap<string, Position | 'start'>

const moved = (reason: string): Refused<CheckpointMoved> => new Refused({ _tag: 'CheckpointMoved', reason })

/** Where each read model stands, locked; refused unless the batch follows on it without a gap. */
const standing = async (client: pg.ClientBase, targets: ReadonlyArray<Target>, batch: ProjectedBatch): Promise<Before> => {
  const rows = await lockCheckpoints(client, targets, batch.partition)
  const before = new Map<string, Position | 'start'>()
  for (const { model, schema } of targets) {
    const row = rows.find(({ read_model }) => read_model === schema)
    if (row === undefined) throw moved(`${schema} has no checkpoint for partition ${batch.partition}`)
    if (row.partitions !== batch.partitions) throw moved(`${schema} is split into ${row.partitions} partitions, the batch comes of ${batch.partitions}`)
    const position = row.position ?? 'start'
    if (batch.after !== 'start' && isAfter(batch.after, position)) throw moved(`${schema} stands at ${position}, the batch begins after ${batch.after}`)
    before.set(model.name, position)
  }
  return before
}

type Apply = typeof applyAtOnce

const commitWith = async (client: pg.ClientBase, targets: ReadonlyArray<Target>, batch: ProjectedBatch, apply: Apply): Promise<Committed> => {
  const before = await standing(client, targets, batch)
  const streams = streamsOf([...batch.steps.values()].flat())
  const known = await knownOf(client, targets, streams)
  const lines = new Map<Target, WaitingLine>()
  for (const target of targets) {
    const line = waitingLine({ ...known(target), checkpoint: before.get(target.model.name) ?? 'start' })
    lines.set(target, line)
    await apply(client, target, line, batch.steps.get(target.model.name) ?? [])
    await keepParked(client, target, line)
  }
  await moveCheckpoints(client, targets, batch.partition, batch.through)
  const parking = [...lines].filter(([, line]) => line.newlyParked().length > 0)
  const all = parking.length === 0 ? [] : await parkedStreams(client, parking.map(([target]) => target), streams)
  return {
    before,
    parked: new Map([...lines].map(([{ model }, line]) => [model.name, line.parked()])),
    newlyParked: all.filter(({ projection, eventId }) =>
      parking.some(([{ model }, line]) => model.name === projection && line.newlyParked().some(({ event }) => event.id === eventId))),
  }
}

/** One transaction a batch; only when its writes fail is it done again with savepoints, to find the event that is poison. */
export const commitBatch = (
  pool: pg.Pool, targets: ReadonlyArray<Target>, batch: ProjectedBatch,
): TaskEither<ProjectionStoreUnavailable | CheckpointMoved, Committed> =>
  attempt(() =>
    inTransaction(pool, (client) => commitWith(client, targets, batch, applyAtOnce)).catch((error: unknown) => {
      if (!mayBePoison(error)) throw error
      return inTransaction(pool, (client) => commitWith(client, targets, batch, applyCarefully))
    }),
  )
