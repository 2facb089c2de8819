import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import type { EventStore, RecordedEvent, StreamName } from '../../../events/event-store.js'
import { StoreReadFailed } from '../../../events/event-store.js'
import { checkAppendSize } from '../../append-size.js'
import { bell } from './bell.js'
import { followLog } from './follow.js'
import { assertWritable } from './group.js'
import { listen } from './listener.js'
import { readStream } from './read.js'
import { recentCommits } from './recent-commits.js'
import { startWriter } from './writer.js'

export interface PostgresEventStoreOptions {
  /** Of a migrated database (`migrate`). Reads share it; writer and listener connect beside it. Not closed by the store. */
  readonly pool: pg.Pool
  /** How long an append may take before it is answered with `StoreUnavailable`; default 5,000. */
  readonly timeLimitMs?: number
  /** Appends that wait at most while one write is in flight; default 20,000. */
  readonly queuedAppends?: number
  /** Bytes of events that wait at most; default 64 MiB. */
  readonly queuedBytes?: number
}

const TIME_LIMIT_MS = 5_000
const QUEUED_APPENDS = 20_000
const QUEUED_BYTES = 64 * 1024 * 1024

/**
 * The log in Postgres (>= 14), schema `log`.
 *
 * Durability: one transaction a group of appends, `synchronous_commit` on whatever the server's default; answered after its commit.
 * Order: every write first takes the lock of the one row of `log.head` and holds it to the commit, in whatever process it runs.
 * So positions are handed out, flushed and become visible in one order, a reader that saw position n has seen all
 * before it, and a transaction held open delays the writes behind it and is never skipped.
 * Idempotence: fenced appends are recognised by the ids at their revisions, unfenced ones (`any`) for ever by their ids
 * in the stream (table `log.unfenced`, which holds no others).
 * Errors: a lost connection or a time-out answers all appends in flight and waiting; while there is none, at once.
 * A server that is not there at first is no error either: the store connects when it comes.
 */
export const postgresEventStore = async (options: PostgresEventStoreOptions): Promise<EventStore> => {
  const { pool } = options
  const closed = new AbortController()
  const [commits, recent] = [bell(), recentCommits()]
  const writer = await startWriter({
    pool,
    timeLimitMs: options.timeLimitMs ?? TIME_LIMIT_MS,
    queuedAppends: options.queuedAppends ?? QUEUED_APPENDS,
    queuedBytes: options.queuedBytes ?? QUEUED_BYTES,
    onCommit: (events) => {
      const last = events.at(-1)
      if (last === undefined) return
      recent.add(events)
      commits.ring(BigInt(last.position))
    },
    onLost: () => { commits.ring() },
  })
  let listening: ReturnType<typeof listen> | undefined
  return {
    append: (stream, expected, events) => () => {
      const size = checkAppendSize(events)
      if (E.isLeft(size)) return Promise.resolve(size)
      assertWritable(stream, events)
      return writer.append({ stream, expected, events, bytes: size.right })
    },
    read: (stream, range) => readOpen(closed.signal, pool, stream, range),
    follow: (from, signal) => {
      listening ??= listen(pool, commits, (backend) => backend === writer.backend())
      return followLog({ pool, bell: commits, recent }, from, AbortSignal.any([signal, closed.signal]))
    },
    close: async () => {
      closed.abort()
      await writer.close()
      await (await listening)?.close()
    },
  }
}

const readOpen = async function* (
  closed: AbortSignal, pool: pg.Pool, stream: StreamName, range: Parameters<EventStore['read']>[1],
): AsyncGenerator<RecordedEvent, void> {
  if (closed.aborted) throw new StoreReadFailed('closed')
  yield* readStream(pool, stream, range)
}
