import * as E from 'fp-ts/lib/Either.js'
import { isAfter } from '../../../events/progress.js'
import type { CheckpointMoved, Committed, ParkedStream, ProjectedBatch } from '../../../projections/ports.js'
import { streamsOf, waitingLine } from '../../projection-store/waiting-line.js'
import type { MemoryReadModel } from '../read-model.js'
import { applySteps } from './apply-steps.js'
import { booksOf, keepParked, parkedAt, skippedOf, type MemoryProjections } from './state.js'

const refusal = (state: MemoryProjections, models: ReadonlyArray<MemoryReadModel>, batch: ProjectedBatch): string | undefined => {
  for (const { name } of models) {
    const { checkpoints } = booksOf(state, name)
    const checkpoint = checkpoints[batch.partition]
    if (checkpoint === undefined) return `${name} has no checkpoint for partition ${batch.partition}`
    if (checkpoints.length !== batch.partitions) return `${name} is split into ${checkpoints.length} partitions, the batch comes of ${batch.partitions}`
    if (batch.after !== 'start' && isAfter(batch.after, checkpoint)) return `${name} stands at ${checkpoint}, the batch begins after ${batch.after}`
  }
  return undefined
}

/** All in one turn of the event loop: nobody sees half of it. */
export const commitBatch = (
  state: MemoryProjections, models: ReadonlyArray<MemoryReadModel>, batch: ProjectedBatch, now: number,
): E.Either<CheckpointMoved, Committed> => {
  const reason = refusal(state, models, batch)
  if (reason !== undefined) return E.left({ _tag: 'CheckpointMoved', reason })
  const streams = streamsOf([...batch.steps.values()].flat())
  const before = new Map(models.map(({ name }) => [name, booksOf(state, name).checkpoints[batch.partition] ?? 'start']))
  const newlyParked: ParkedStream[] = []
  for (const model of models) {
    const books = booksOf(state, model.name)
    const checkpoint = before.get(model.name) ?? 'start'
    const line = waitingLine({ checkpoint, parked: parkedAt(books), skipped: new Set(skippedOf(state, model.name).keys()) })
    applySteps(model, line, batch.steps.get(model.name) ?? [])
    newlyParked.push(...keepParked(books, model.name, line, now))
    if (isAfter(batch.through, checkpoint)) books.checkpoints = books.checkpoints.with(batch.partition, batch.through)
  }
  const parked = new Map(models.map(({ name }) => [name, new Map([...parkedAt(booksOf(state, name))].filter(([stream]) => streams.includes(stream)))]))
  return E.right({ before, parked, newlyParked })
}
