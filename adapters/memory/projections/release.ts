import * as E from 'fp-ts/lib/Either.js'
import type { StreamName } from '../../../events/event-store.js'
import type { ProjectionStore, Released, ReleaseError } from '../../../projections/ports.js'
import { waitingLine } from '../../projection-store/waiting-line.js'
import type { MemoryReadModel } from '../read-model.js'
import { applySteps } from './apply-steps.js'
import { booksOf, keepParked, skippedOf, type MemoryProjections } from './state.js'

/** The held back steps are read first and then applied at once: reading may fail, and then nothing has changed. */
export const releaseStream = async (
  state: MemoryProjections, model: MemoryReadModel, stream: StreamName, because: string | undefined,
  heldBack: Parameters<ProjectionStore['release']>[3], now: number,
): Promise<E.Either<ReleaseError, Released>> => {
  const books = booksOf(state, model.name)
  const parked = books.parked.get(stream)
  if (parked === undefined) return E.left({ _tag: 'NotParked', projection: model.name, stream })
  const steps = []
  for await (const chunk of heldBack(parked.revision, parked.through)) steps.push(...chunk)
  if (because !== undefined) skippedOf(state, model.name).set(parked.eventId, because)
  const line = waitingLine({ checkpoint: 'start', parked: new Map(), skipped: new Set(skippedOf(state, model.name).keys()) })
  applySteps(model, line, steps)
  books.parked.delete(stream)
  const [again] = keepParked(books, model.name, line, now)
  if (again === undefined) return E.right({ _tag: 'Released' })
  const waiting = { ...again, through: parked.through }
  books.parked.set(stream, waiting)
  return E.right({ _tag: 'ParkedAgain', parked: waiting })
}
