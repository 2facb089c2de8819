import type pg from 'pg'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Position } from '../../../events/event-store.js'
import type { CheckpointMoved, Committed, ProjectedBatch, ProjectionStoreUnavailable } from '../../../projections/ports.js'
import { isAfter } from '../../../events/progress.js'
import type { WaitingLine } from '../../projection-store/waiting-line.js'
import { streamsOf, waitingLine } from '../../projection-store/waiting-line.js'
import { allInTransaction, inTransactionBegun } from '../pool.js'
import { applyAtOnce, applyCarefully } from './apply-steps.js'
import { lockCheckpoints, moveCheckpoints, type CheckpointRow } from './checkpoints.js'
import { keepParked, knownOf, parkedStreams } from './dead-letters.js'
import { attempt, mayBePoison, Refused } from './failures.js'
import type { Target } from './target.js'

type Before = ReadonlyMap<string, Position | 'start'>

const moved = (reason: string): Refused<CheckpointMoved> => new Refused({ _tag: 'CheckpointMoved', reason })

/** Where each read model stands; refused unless the batch follows on it without a gap. */
const standing = (rows: ReadonlyArray<CheckpointRow>, targets: ReadonlyArray<Target>, batch: ProjectedBatch): Before => {
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

type Line = readonly [target: Target, line: WaitingLine]

/** Writes what is due, read model by read model, then moves the checkpoints. */
type Write = (client: pg.ClientBase, lines: ReadonlyArray<Line>, batch: ProjectedBatch) => Promise<void>

const move = (client: pg.ClientBase, lines: ReadonlyArray<Line>, { partition, through }: ProjectedBatch): Promise<void> =>
  moveCheckpoints(client, lines.map(([target]) => target), partition, through)

/** Each statement after the answer to the one before: savepoints hold nothing else. */
const oneByOne: Write = async (client, lines, batch) => {
  for (const [target, line] of lines) {
    await applyCarefully(client, target, line, batch.steps.get(target.model.name) ?? [])
    await keepParked(client, target, line)
  }
  await move(client, lines, batch)
}

/** Sends the statements of all read models at once: none touches a table of another. */
const sideBySide: Write = (client, lines, batch) => {
  const writes = lines.map(async ([target, line]) => {
    await applyAtOnce(client, target, line, batch.steps.get(target.model.name) ?? [])
    await keepParked(client, target, line)
  })
  return allInTransaction([...writes, move(client, lines, batch)])
}

/** Three round trips on a connection that pipelines: what is known, the writes, the end. */
const commitWith = async (
  client: pg.ClientBase, begun: Promise<unknown>, targets: ReadonlyArray<Target>, batch: ProjectedBatch, write: Write,
): Promise<Committed> => {
  const streams = streamsOf([...batch.steps.values()].flat())
  const [locked, found] = [lockCheckpoints(client, targets, batch.partition), knownOf(client, targets, streams)]
  await allInTransaction([begun, locked, found])
  const [before, known] = [standing(await locked, targets, batch), await found]
  const lines = targets.map((target): Line => [target, waitingLine({ ...known(target), checkpoint: before.get(target.model.name) ?? 'start' })])
  await write(client, lines, batch)
  const parking = lines.filter(([, line]) => line.newlyParked().length > 0)
  const all = parking.length === 0 ? [] : await parkedStreams(client, parking.map(([target]) => target), streams)
  return {
    before,
    parked: new Map(lines.map(([{ model }, line]) => [model.name, line.parked()])),
    newlyParked: all.filter(({ projection, eventId }) =>
      parking.some(([{ model }, line]) => model.name === projection && line.newlyParked().some(({ event }) => event.id === eventId))),
  }
}

/** One transaction a batch; only when its writes fail is it done again with savepoints, to find the event that is poison. */
export const commitBatch = (
  pool: pg.Pool, targets: ReadonlyArray<Target>, batch: ProjectedBatch,
): TaskEither<ProjectionStoreUnavailable | CheckpointMoved, Committed> =>
  attempt(() =>
    inTransactionBegun(pool, (client, begun) => commitWith(client, begun, targets, batch, sideBySide)).catch((error: unknown) => {
      if (!mayBePoison(error)) throw error
      return inTransactionBegun(pool, (client, begun) => commitWith(client, begun, targets, batch, oneByOne))
    }),
  )
