import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { CaughtUp, Position, RecordedEvent } from '../../../events/event-store.js'
import type { Bell } from './bell.js'
import type { EventRow } from './rows.js'
import { eventOf, positionOf } from './rows.js'

const PAGE_EVENTS = 512
const PAGE_BYTES = 4 * 1024 * 1024
const POLL_MS = 1_000
const RETRY_MS = 100

const pageStatement = {
  name: 'log.page',
  text: 'SELECT * FROM log.page($1, $2)',
  rowMode: 'array',
} as const

const bytesOf = (events: ReadonlyArray<RecordedEvent>): number =>
  events.reduce((sum, { data, metadata, sealed }) => sum + data.byteLength + metadata.byteLength + (sealed?.byteLength ?? 0), 0)

/** As many events as fill a page, judged by the last page: what is read ahead stays bounded whatever the events' size. */
const nextPage = (events: ReadonlyArray<RecordedEvent>, asked: number): number =>
  bytesOf(events) > PAGE_BYTES ? Math.max(1, Math.floor(asked / 2)) : Math.min(PAGE_EVENTS, 2 * asked)

/**
 * Pages through the log by position, then waits for the bell; a slow poll covers what no bell tells. An unreadable log
 * is asked again until it answers, from where it was left. Ends by the signal.
 */
export const followLog = async function* (
  pool: pg.Pool, bell: Bell, from: Position | 'start', signal: AbortSignal,
): AsyncGenerator<RecordedEvent | CaughtUp, void> {
  let cursor = from === 'start' ? 0n : BigInt(from)
  let [history, asked] = [true, PAGE_EVENTS]
  while (!signal.aborted) {
    const page = await pool.query<[...EventRow]>({ ...pageStatement, values: [String(cursor), asked] }).catch(() => undefined)
    if (page === undefined) {
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
      continue
    }
    const events = page.rows.map(eventOf)
    for (const event of events) {
      if (signal.aborted) return
      yield event
      cursor = BigInt(event.position)
    }
    const isLast = events.length < asked
    asked = nextPage(events, asked)
    if (history && isLast) {
      history = false
      if (!signal.aborted) yield { type: 'caught-up', position: cursor === 0n ? 'start' : positionOf(cursor) }
    }
    if (isLast) await bell.after(cursor, POLL_MS, signal)
  }
}
