import { setTimeout as after } from 'node:timers/promises'
import { streamNameFilter } from '@eventstore/db-client'
import type { AllStreamResolvedEvent, AllStreamSubscription } from '@eventstore/db-client'
import type { CaughtUp, Position, RecordedEvent } from '../../events/event-store.js'
import type { Connection } from './connection.js'
import { NoAnswer } from './failures.js'
import { PAGE_EVENTS, allPage } from './read.js'
import { commitOf, fromClient, knownPosition } from './wire.js'

const FIRST_BACKOFF_MS = 50
const LONGEST_BACKOFF_MS = 2_000
/** Many followers only look whether there is something; pages grow for those that read on. */
const FIRST_PAGE_EVENTS = 32

/** Streams of the server itself begin with `$`. */
const OUR_STREAMS = streamNameFilter({ regex: '^[^$]', maxSearchWindow: 1_000 })

interface Step {
  readonly position: Position
  readonly event: RecordedEvent | undefined
}

const stepOf = ({ event }: AllStreamResolvedEvent): Step | undefined => {
  const position = knownPosition(event?.position.commit)
  if (event === undefined || position === undefined) return undefined
  const decoded = fromClient(event)
  return { position, event: decoded && { ...decoded, position } }
}

const stepsAfter = (from: Position | 'start', page: Iterable<AllStreamResolvedEvent>): ReadonlyArray<Step> =>
  [...page].flatMap((resolved) => stepOf(resolved) ?? []).filter(({ position }) => from === 'start' || position > from)

const endSubscription = (subscription: AllStreamSubscription): void => {
  subscription.unsubscribe().catch(() => undefined)
  subscription.destroy()
}

/** A live subscription after a position. Throws when it is not confirmed in time, dropped or cancelled. */
const live = async function* (connection: Connection, from: Position | 'start', signal: AbortSignal): AsyncGenerator<Step> {
  const fromPosition = from === 'start' ? 'start' : { commit: commitOf(from), prepare: commitOf(from) }
  const subscription = connection.reader.subscribeToAll({ fromPosition, filter: OUR_STREAMS })
  const unconfirmed = setTimeout(() => subscription.destroy(new NoAnswer('the subscription was not confirmed')), connection.timeoutMs)
  const stop = () => endSubscription(subscription)
  signal.addEventListener('abort', stop)
  // An error while nobody iterates would otherwise end the process.
  subscription.on('error', () => undefined).once('confirmation', () => clearTimeout(unconfirmed))
  try {
    for await (const resolved of subscription) {
      const step = stepOf(resolved)
      if (step !== undefined) yield step
    }
  } finally {
    clearTimeout(unconfirmed)
    signal.removeEventListener('abort', stop)
    endSubscription(subscription)
  }
}

/**
 * Follows $all after a position: history in pages, one `CaughtUp`, then a subscription. Whatever ends a page or the subscription
 * (a lost connection, a slow consumer that the server dropped) is answered by reading on from the last position, after a pause.
 */
export const followAll = async function* (
  connection: Connection, from: Position | 'start', signal: AbortSignal, learn: (event: RecordedEvent) => void,
): AsyncGenerator<RecordedEvent | CaughtUp> {
  let position = from
  let caughtUp = false
  let backoffMs = FIRST_BACKOFF_MS
  const take = (step: Step): RecordedEvent | undefined => {
    position = step.position
    backoffMs = FIRST_BACKOFF_MS
    if (step.event !== undefined) learn(step.event)
    return step.event
  }
  while (!signal.aborted) {
    try {
      for (let [isLast, asked] = [false, FIRST_PAGE_EVENTS]; !isLast && !signal.aborted; asked = Math.min(2 * asked, PAGE_EVENTS)) {
        const read = await allPage(connection, position, asked)
        isLast = read.isLast
        for (const step of stepsAfter(position, read.page)) {
          if (signal.aborted) return
          const event = take(step)
          if (event !== undefined && !event.stream.startsWith('$')) yield event
        }
      }
      if (!caughtUp && !signal.aborted) {
        caughtUp = true
        yield { type: 'caught-up', position }
      }
      for await (const step of live(connection, position, signal)) {
        if (signal.aborted) return
        const event = position === 'start' || step.position > position ? take(step) : undefined
        if (event !== undefined) yield event
      }
    } catch {
      await after(backoffMs, undefined, { signal }).catch(() => undefined)
      backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS)
    }
  }
}
