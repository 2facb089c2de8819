import type { DeliveredEvent } from '../events/wire/answers.js'
import type { ClientHandlers } from './client.js'
import { integrityOf } from './integrity.js'

/** What is known of one conversation: a few words, whatever its length. */
interface Cursor {
  readonly sequence: number
  /** Hash of the event at `sequence`. */
  readonly hash: string | undefined
  /** Whose stay ended with that event. */
  readonly gone: string | undefined
  /** Whether the next event must be the next number; not after a resync. */
  readonly unbroken: boolean
  /** Reconnects so far in search of the event after it. */
  readonly searches: number
}

export interface View {
  /**
   * Takes an event of the session. `gap`: events before it are missing; it was not delivered, nor must anything after
   * it: the session has to begin again at its last sync token. Said at most `reconnectsPerGap` times for one gap; then
   * the event is delivered after `onResync`, so that a gap that the gateway cannot fill is neither silent nor for ever.
   */
  readonly receive: (event: DeliveredEvent) => 'taken' | 'gap'
  /** What comes next may follow anything; what was delivered is still never delivered again. */
  readonly resync: (reason: string) => void
}

interface ViewSurroundings {
  readonly device: string
  readonly handlers: ClientHandlers
  readonly reconnectsPerGap: number
}

const userIdOf = (event: DeliveredEvent, ...types: ReadonlyArray<string>): string | undefined =>
  types.includes(event.type) && typeof event.data.userId === 'string' ? event.data.userId : undefined

/** Each event once and in order of sequence per conversation, verified against the event before it. */
export const view = ({ device, handlers, reconnectsPerGap }: ViewSurroundings): View => {
  const cursors = new Map<string, Cursor>()
  /** The account on this device, once one of its own events was seen. */
  let self: string | undefined

  /** With `sinceJoin` history a stay ends with one's removal, and the next begins with being added: what lies between is not ours. */
  const isNextStay = ({ gone }: Cursor, event: DeliveredEvent): boolean =>
    gone !== undefined && userIdOf(event, 'MemberAdded') === gone && (self === undefined || self === gone)

  const verify = (event: DeliveredEvent, before: string | null | undefined): string | undefined => {
    const { hash, isGenuine } = integrityOf(event)
    if (!isGenuine) handlers.onTampered?.(event, 'content')
    if (hash === undefined || (before !== undefined && event.metadata.previous !== before)) handlers.onTampered?.(event, 'chain')
    return hash
  }

  const deliver = (event: DeliveredEvent, cursor: Cursor | undefined) => {
    const { conversation, sequence, metadata } = event
    if (metadata.device === device && metadata.actor !== 'system') self = metadata.actor
    const follows = cursor !== undefined && sequence === cursor.sequence + 1
    const hash = verify(event, sequence === 0 ? null : follows ? cursor.hash : undefined)
    cursors.set(conversation, { sequence, hash, gone: userIdOf(event, 'MemberRemoved', 'MemberLeft'), unbroken: true, searches: 0 })
    handlers.onEvent(event)
  }

  return {
    receive: (event) => {
      const { conversation, sequence } = event
      const cursor = cursors.get(conversation)
      if (cursor !== undefined && sequence <= cursor.sequence) return 'taken'
      if (cursor?.unbroken === true && sequence > cursor.sequence + 1 && !isNextStay(cursor, event)) {
        if (cursor.searches < reconnectsPerGap) {
          cursors.set(conversation, { ...cursor, searches: cursor.searches + 1 })
          return 'gap'
        }
        handlers.onResync?.(`events ${cursor.sequence + 1} to ${sequence - 1} of ${conversation} did not come`)
      }
      deliver(event, cursor)
      return 'taken'
    },
    resync: (reason) => {
      cursors.forEach((cursor, conversation) => cursors.set(conversation, { ...cursor, unbroken: false, searches: 0 }))
      handlers.onResync?.(reason)
    },
  }
}
