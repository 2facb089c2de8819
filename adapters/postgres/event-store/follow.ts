import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'
import type { CaughtUp, Position, RecordedEvent } from '../../../events/event-store.js'
import { copyOut } from '../copy.js'
import type { Bell } from './bell.js'
import type { RecentCommits } from './recent-commits.js'
import { positionOf } from './rows.js'
import { recordedOf, tupleColumns } from './tuples.js'

/** Many followers only look whether there is something; pages grow for those that read on. */
const FIRST_PAGE_EVENTS = 64
const PAGE_EVENTS = 1_024
const PAGE_BYTES = 4 * 1024 * 1024
const POLL_MS = 1_000
const RETRY_MS = 100

/** COPY takes no parameters: both are numbers. */
const readPage = async (pool: pg.Pool, after: bigint, atMost: number): Promise<ReadonlyArray<RecordedEvent>> =>
  (await copyOut(pool, `COPY (SELECT ${tupleColumns} FROM log.page(${after}, ${atMost})) TO STDOUT (FORMAT binary)`)).map(recordedOf)

const bytesOf = (events: ReadonlyArray<RecordedEvent>): number =>
  events.reduce((sum, { data, metadata, sealed }) => sum + data.byteLength + metadata.byteLength + (sealed?.byteLength ?? 0), 0)

/** As many events as fill a page, judged by the last page: what is read ahead stays bounded whatever the events' size. */
const nextPage = (events: ReadonlyArray<RecordedEvent>, asked: number): number =>
  bytesOf(events) > PAGE_BYTES ? Math.max(1, Math.floor(asked / 2)) : Math.min(PAGE_EVENTS, 2 * asked)

export interface Followed {
  readonly pool: pg.Pool
  readonly bell: Bell
  readonly recent: RecentCommits
}

/**
 * Pages through the log by position, the next page being read while one is handed out, then waits for the bell; what this
 * process committed itself is handed out from memory. A slow poll covers what no bell tells. An unreadable log is asked again
 * until it answers, from where it was left. Ends by the signal.
 */
export const followLog = async function* (
  { pool, bell, recent }: Followed, from: Position | 'start', signal: AbortSignal,
): AsyncGenerator<RecordedEvent | CaughtUp, void> {
  const read = (after: bigint, atMost: number) => readPage(pool, after, atMost).catch(() => undefined)
  let cursor = from === 'start' ? 0n : BigInt(from)
  let [history, asked] = [true, FIRST_PAGE_EVENTS]
  let reading: ReturnType<typeof read> | undefined
  while (!signal.aborted) {
    const known = history || reading !== undefined ? undefined : recent.after(cursor)
    const events = known ?? (await (reading ?? read(cursor, asked)))
    reading = undefined
    if (events === undefined) {
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
      continue
    }
    const isLast = known !== undefined || events.length < asked
    cursor = BigInt(events.at(-1)?.position ?? cursor)
    if (known === undefined) asked = nextPage(events, asked)
    if (!isLast) reading = read(cursor, asked)
    for (const event of events) {
      if (signal.aborted) return
      yield event
    }
    if (history && isLast) {
      history = false
      if (!signal.aborted) yield { type: 'caught-up', position: cursor === 0n ? 'start' : positionOf(cursor) }
    }
    if (isLast) await bell.after(cursor, POLL_MS, signal)
  }
}
