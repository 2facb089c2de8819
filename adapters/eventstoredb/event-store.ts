import * as E from 'fp-ts/lib/Either.js'
import { LRUCache } from 'lru-cache'
import { StoreReadFailed } from '../../events/event-store.js'
import type { AppendError, Appended, EventStore, Position } from '../../events/event-store.js'
import { appendOnce, inStreamOrder } from './append.js'
import { shareConnection } from './connection.js'
import { unavailable } from './failures.js'
import { followAll } from './follow.js'
import { readStream } from './read.js'
import type { Positions } from './read.js'

export interface EventStoreDbOptions {
  /** `esdb://host:2113?tls=false`, or with several hosts or `esdb+discover:` for a cluster. */
  readonly url: string
  /** How long an append, a page or a confirmation may take. Default 5,000 ms, above the server's own 2,000 ms for a write. */
  readonly timeoutMs?: number
}

const DEFAULT_TIMEOUT_MS = 5_000
const REMEMBERED_POSITIONS = 50_000

const rememberedPositions = (): Positions => {
  const remembered = new LRUCache<string, Position>({ max: REMEMBERED_POSITIONS })
  return {
    get: ({ stream, revision }) => remembered.get(`${stream} ${revision}`),
    learn: ({ stream, revision, position }) => { remembered.set(`${stream} ${revision}`, position) },
  }
}

/**
 * The event store on EventStoreDB (22.10 or later). All stores of a process share one connection, to one server.
 *
 * Appends are durable when they succeed. With `any` the server remembers the ids of recent commits only, in memory. Ids must
 * be UUIDs. `read` of events that this process neither appended last in their append nor followed costs one idempotent append
 * each, to learn their positions. Rejects when the server does not answer, or `url` names another than the process is using.
 */
export const eventStoreDbStore = async ({ url, timeoutMs = DEFAULT_TIMEOUT_MS }: EventStoreDbOptions): Promise<EventStore> => {
  const { connection, leave } = await shareConnection(url, timeoutMs)
  await connection.opened().catch(async (error: unknown) => {
    await leave()
    throw new StoreReadFailed(`EventStoreDB does not answer at ${new URL(url).host}`, { cause: error })
  })
  const closed = new AbortController()
  const inOrder = inStreamOrder()
  const positions = rememberedPositions()
  const pending = new Set<Promise<unknown>>()
  const append: EventStore['append'] = (stream, expected, events) => () => {
    if (closed.signal.aborted) return Promise.resolve(E.left<AppendError, Appended>(unavailable('closed')))
    const answer = inOrder(stream, async () => {
      const result = await appendOnce(connection, stream, expected, events)
      if (E.isRight(result)) positions.learn({ stream, revision: result.right.lastRevision, position: result.right.position })
      return result
    })
    pending.add(answer)
    const settled = () => pending.delete(answer)
    answer.then(settled, settled)
    return answer
  }
  const close = async () => {
    closed.abort()
    await Promise.allSettled(pending)
    await leave()
  }
  let closing: Promise<void> | undefined
  return {
    append,
    read: async function* (stream, options) {
      if (closed.signal.aborted) throw new StoreReadFailed('closed')
      yield* readStream(connection, positions, stream, options)
    },
    follow: (from, signal) => followAll(connection, from, AbortSignal.any([signal, closed.signal]), positions.learn),
    close: () => (closing ??= close()),
  }
}
