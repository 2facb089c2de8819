import type pg from 'pg'
import type { EventStore, RecordedEvent, StreamName } from '../../../events/event-store.js'
import { StoreReadFailed } from '../../../events/event-store.js'
import type { EventRow } from './rows.js'
import { eventOf } from './rows.js'

const PAGE_EVENTS = 256
const LAST = 0x7fff_ffff_ffff_ffffn

type Range = Parameters<EventStore['read']>[1]

const statements = {
  forwards: { name: 'log.forwards', text: 'SELECT * FROM log.forwards($1, $2, $3)', rowMode: 'array' },
  backwards: { name: 'log.backwards', text: 'SELECT * FROM log.backwards($1, $2, $3)', rowMode: 'array' },
} as const

const page = async (
  pool: pg.Pool, stream: StreamName, direction: Range['direction'], from: bigint, limit: number,
): Promise<ReadonlyArray<RecordedEvent>> => {
  try {
    const { rows } = await pool.query<[...EventRow]>({ ...statements[direction], values: [stream, String(from), limit] })
    return rows.map(eventOf)
  } catch (cause) {
    throw new StoreReadFailed(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/** One stream in pages; nothing is read ahead beyond one. */
export const readStream = async function* (pool: pg.Pool, stream: StreamName, range: Range): AsyncGenerator<RecordedEvent, void> {
  const { direction } = range
  const onlyLast = range.from === 'end' && direction === 'forwards'
  let from = range.from === 'start' ? 0n : range.from === 'end' ? LAST : range.from
  let left = onlyLast ? Math.min(1, range.limit) : range.limit
  while (left > 0) {
    const asked = Math.min(left, PAGE_EVENTS)
    const events = await page(pool, stream, onlyLast ? 'backwards' : direction, from, asked)
    yield* events
    const last = events.at(-1)
    if (last === undefined || events.length < asked) return
    left -= asked
    from = direction === 'forwards' ? last.revision + 1n : last.revision - 1n
  }
}
