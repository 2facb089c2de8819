import type { Position, StreamName } from '../../../events/event-store.js'
import { earliest } from '../../../events/progress.js'
import type { Checkpoint, ParkedStream } from '../../../projections/ports.js'
import type { Parking, WaitingLine } from '../../projection-store/waiting-line.js'

/** Bookkeeping of one read model, live or being rebuilt. */
export interface Books {
  checkpoints: ReadonlyArray<Position | 'start'>
  readonly parked: Map<StreamName, ParkedStream>
}

/** What outlives a projection store in memory: give it to a second store, with the same read models, to "restart". */
export interface MemoryProjections {
  readonly books: Map<string, Books>
  /** By projection: ids of events left out for ever, and why. */
  readonly skipped: Map<string, Map<string, string>>
  rebuilding: boolean
  /** Ends when the last transaction has. */
  last: Promise<unknown>
}

export const emptyMemoryProjections = (): MemoryProjections => ({ books: new Map(), skipped: new Map(), rebuilding: false, last: Promise.resolve() })

export const emptyBooks = (): Books => ({ checkpoints: [], parked: new Map() })

export const booksOf = ({ books }: MemoryProjections, projection: string): Books => {
  const found = books.get(projection) ?? emptyBooks()
  books.set(projection, found)
  return found
}

export const checkpointsOf = (state: MemoryProjections, models: ReadonlyArray<{ readonly name: string }>): ReadonlyArray<Checkpoint> =>
  models.flatMap(({ name }) => booksOf(state, name).checkpoints.map((position, partition) => ({ projection: name, partition, position })))

/** By parked stream: the revision that it waits at. */
export const parkedAt = ({ parked }: Books): ReadonlyMap<StreamName, bigint> => new Map([...parked].map(([stream, { revision }]) => [stream, revision]))

export const skippedOf = ({ skipped }: MemoryProjections, projection: string): Map<string, string> => {
  const found = skipped.get(projection) ?? new Map<string, string>()
  skipped.set(projection, found)
  return found
}

/** Another number of partitions goes on from the low watermark. */
export const align = (books: Books, partitions: number): void => {
  if (books.checkpoints.length === partitions) return
  const low = earliest(books.checkpoints)
  books.checkpoints = Array.from({ length: partitions }, () => low)
}

/** Transactions run one after another. */
export const inTurn = <A>(state: MemoryProjections, work: () => A | Promise<A>): Promise<A> => {
  const mine = state.last.then(work)
  state.last = mine.catch(() => undefined)
  return mine
}

const parkedOf = (projection: string, { event, reason }: Parking, parkedAt: number): ParkedStream => ({
  projection,
  stream: event.stream,
  revision: event.revision,
  position: event.position,
  eventId: event.id,
  type: event.type,
  reason,
  parkedAt,
  through: event.revision,
})

/** Keeps what a transaction parked and held back; answers the streams that it parked. */
export const keepParked = (books: Books, projection: string, line: WaitingLine, now: number): ReadonlyArray<ParkedStream> => {
  for (const parking of line.newlyParked()) books.parked.set(parking.event.stream, parkedOf(projection, parking, now))
  for (const [stream, revision] of line.heldBack()) {
    const parked = books.parked.get(stream)
    if (parked !== undefined && parked.through < revision) books.parked.set(stream, { ...parked, through: revision })
  }
  return line.newlyParked().flatMap(({ event }) => books.parked.get(event.stream) ?? [])
}
