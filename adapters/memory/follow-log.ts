import type { CaughtUp, Position, RecordedEvent } from '../../events/event-store.js'
import type { MemoryLog } from './log.js'

const nextAppend = (log: MemoryLog, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = () => {
      log.waiting.delete(wake)
      signal.removeEventListener('abort', wake)
      resolve()
    }
    log.waiting.add(wake)
    signal.addEventListener('abort', wake)
    if (signal.aborted) wake()
  })

/** The log after `from`: history, one `CaughtUp`, then each event as it is appended, until the signal aborts. */
export const followLog = async function* (
  log: MemoryLog,
  from: Position | 'start',
  signal: AbortSignal,
): AsyncGenerator<RecordedEvent | CaughtUp, void> {
  let index = from === 'start' ? 0 : Number(from) + 1
  let position = from
  let history = true
  while (!signal.aborted) {
    const event = log.events[index]
    if (event !== undefined) {
      index += 1
      position = event.position
      yield event
    } else if (history) {
      history = false
      yield { type: 'caught-up', position }
    } else {
      await nextAppend(log, signal)
    }
  }
}
