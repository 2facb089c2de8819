import * as O from 'fp-ts/lib/Option.js'
import type { Position, RecordedEvent } from '../../events/event-store.js'
import { bell } from './bell.js'
import { furthest, isWithin, type Place } from './places.js'
import { untilDone } from './until-done.js'

/** What a lane takes in: an event, or only how far its source has come. */
export interface Step<Mark> {
  readonly event: RecordedEvent | undefined
  /** Everything that belongs into the lane up to there has been added, this step's event included. */
  readonly through: Place
  readonly caughtUp: boolean
  /** Where in its source the step lies. */
  readonly mark: Mark
}

export interface LaneBatch {
  readonly events: ReadonlyArray<RecordedEvent>
  readonly through: Position
  readonly caughtUp: boolean
}

export interface LaneOptions<Mark> {
  /** Events at or before it are left out. */
  readonly after: Place
  readonly maxEvents: number
  readonly handle: (batch: LaneBatch) => Promise<void>
  /** Called when everything up to the step of that mark has been handled or left out; `through` is how far that reaches. */
  readonly handled: (mark: Mark, through: Place) => void
  readonly onFailure: (error: unknown) => void
  readonly signal: AbortSignal
}

export interface Lane<Mark> {
  readonly add: (step: Step<Mark>) => void
  /** Nothing should be added until `room` resolves; it does so at once when there is room or the lane has ended. */
  readonly isFull: () => boolean
  readonly room: () => Promise<void>
  /** How far what was added reaches. */
  readonly reached: () => Place
  /** Resolves after the signal, once nothing is being handled. */
  readonly ended: Promise<void>
}

/** Bytes of events in one batch, unless one event alone has more. In Base64 and with headers it still fits a record batch of Kafka (1 MiB). */
const BATCH_BYTES = 512 * 1024
/** What waits behind the batch that is being handled, at most; whoever reads for several lanes stops for all when one is full. */
const READ_AHEAD_BYTES = 2 * 1024 * 1024
const READ_AHEAD_EVENTS = 4_096

export const bytesOf = (event: RecordedEvent): number => event.data.byteLength + event.metadata.byteLength + (event.sealed?.byteLength ?? 0)

interface Queue<Mark> {
  readonly add: (step: Step<Mark>) => void
  readonly take: (maxEvents: number) => (Omit<Step<Mark>, 'event'> & { readonly events: ReadonlyArray<RecordedEvent> }) | undefined
  readonly events: () => number
  readonly bytes: () => number
}

/** Steps without an event are kept as what they add to the step before them. */
const stepQueue = <Mark>(): Queue<Mark> => {
  let steps: Step<Mark>[] = []
  let bytes = 0
  const add = (step: Step<Mark>): void => {
    const last = steps.at(-1)
    if (step.event === undefined && last !== undefined) steps[steps.length - 1] = { ...step, event: last.event }
    else steps.push(step)
    if (step.event !== undefined) bytes += bytesOf(step.event)
  }
  const take: Queue<Mark>['take'] = (maxEvents) => {
    const events: RecordedEvent[] = []
    let last: Step<Mark> | undefined
    let [count, taken] = [0, 0]
    for (const step of steps) {
      const more = step.event === undefined ? 0 : bytesOf(step.event)
      if (events.length > 0 && (events.length === maxEvents || taken + more > BATCH_BYTES)) break
      if (step.event !== undefined) events.push(step.event)
      last = step
      taken += more
      count += 1
    }
    steps = steps.slice(count)
    bytes -= taken
    return last && { events, through: last.through, caughtUp: last.caughtUp, mark: last.mark }
  }
  return { add, take, events: () => steps.length, bytes: () => bytes }
}

/**
 * Hands on one partition in order: one batch at a time, of what has arrived while the one before was being handled, with no
 * timer in between. A batch whose handling rejects is handed on again, with back-off. Events that were added before are
 * left out. Batches without events tell of progress and of having caught up; without either they are not made.
 */
export const startLane = <Mark>(options: LaneOptions<Mark>): Lane<Mark> => {
  const { maxEvents, handle, handled, onFailure, signal } = options
  const queue = stepQueue<Mark>()
  const [added, taken] = [bell(), bell()]
  let reached = options.after
  let told = { through: options.after, caughtUp: false }

  const add = (step: Step<Mark>): void => {
    const isNew = step.event !== undefined && !isWithin(step.event.position, reached)
    reached = furthest(reached, step.through)
    queue.add({ ...step, event: isNew ? step.event : undefined, through: reached })
    added.ring()
  }
  const isFull = () => queue.events() >= READ_AHEAD_EVENTS || queue.bytes() >= READ_AHEAD_BYTES
  const room = async () => {
    while (isFull() && !signal.aborted) await taken.next()
  }
  const handOn = async ({ events, through, caughtUp }: NonNullable<ReturnType<typeof queue.take>>): Promise<boolean> => {
    const isNews = events.length > 0 || !isWithin(through, told.through) || (caughtUp && !told.caughtUp)
    if (!isNews || through === 'start') return true
    if (O.isNone(await untilDone(() => handle({ events, through, caughtUp }), signal, onFailure))) return false
    told = { through, caughtUp }
    return true
  }
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const batch = queue.take(maxEvents)
      if (batch === undefined) {
        await added.next()
        continue
      }
      taken.ring()
      if (await handOn(batch)) handled(batch.mark, batch.through)
    }
  }
  const wake = () => { added.ring(); taken.ring() }
  signal.addEventListener('abort', wake)
  const ended = run().finally(() => signal.removeEventListener('abort', wake))
  return { add, isFull, room, reached: () => reached, ended }
}
