import { StreamNotFoundError } from '@eventstore/db-client'
import type { AllStreamResolvedEvent, ResolvedEvent, StreamingRead } from '@eventstore/db-client'
import * as E from 'fp-ts/lib/Either.js'
import { StoreReadFailed } from '../../events/event-store.js'
import type { EventStore, Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import { appendOnce } from './append.js'
import type { Connection } from './connection.js'
import { within } from './failures.js'
import { commitOf, fromClient, knownPosition } from './wire.js'

/** Events held at once by a reader; the largest page is 256 events of 128 KiB. */
export const PAGE_EVENTS = 256

/**
 * A page, read to its end: the client leaves the call of a reader that stops early open for ever. A page that does not
 * arrive in time is cancelled, with a listener for the error that follows.
 */
const wholePage = async <A>(page: StreamingRead<A>, timeoutMs: number): Promise<ReadonlyArray<A>> => {
  page.on('error', () => undefined)
  const collect = async () => {
    const items: A[] = []
    for await (const item of page) items.push(item)
    return items
  }
  try {
    return await within(timeoutMs, collect())
  } catch (error) {
    page.cancel().catch(() => undefined)
    page.destroy()
    throw error
  }
}

/** A page of $all, `after` excluded; one that is not full is the last for now. */
export const allPage = async (connection: Connection, after: Position | 'start', maxCount: number) => {
  const fromPosition = after === 'start' ? 'start' : { commit: commitOf(after), prepare: commitOf(after) }
  const page: ReadonlyArray<AllStreamResolvedEvent> = await wholePage(
    connection.reader.readAll({ fromPosition, direction: 'forwards', maxCount }), connection.timeoutMs,
  )
  return { page, isLast: page.length < maxCount }
}

/**
 * The position of an event that a stream read returned: servers from 22.10 on tell positions only on $all. Appending the same
 * event again behind its predecessor writes nothing and gives the original answer, which names the position.
 */
const positionFor = async (connection: Connection, event: Omit<RecordedEvent, 'position'>): Promise<Position> => {
  const answer = await appendOnce(connection, event.stream, { revision: event.revision - 1n }, [event])
  if (E.isRight(answer)) return answer.right.position
  throw new StoreReadFailed(`no position for ${event.stream} ${event.revision}: ${answer.left._tag}`)
}

const recordedOf = async (connection: Connection, positions: Positions, { event }: ResolvedEvent): Promise<RecordedEvent> => {
  const decoded = event === undefined ? undefined : fromClient(event)
  if (decoded === undefined) throw new StoreReadFailed(`an event of ${event?.streamId} was written by another program`)
  const position = knownPosition(event?.position?.commit) ?? positions.get(decoded) ?? (await positionFor(connection, decoded))
  positions.learn({ ...decoded, position })
  return { ...decoded, position }
}

/** Positions that appends and followers have told, so that reads need not ask. */
export interface Positions {
  readonly get: (event: Pick<RecordedEvent, 'stream' | 'revision'>) => Position | undefined
  readonly learn: (event: Pick<RecordedEvent, 'stream' | 'revision' | 'position'>) => void
}

type Options = Parameters<EventStore['read']>[1]
type From = bigint | 'start' | 'end'

const streamPage = async (
  connection: Connection, positions: Positions, stream: StreamName, from: From, direction: Options['direction'], maxCount: number,
): Promise<ReadonlyArray<RecordedEvent>> => {
  try {
    const page = await wholePage(connection.reader.readStream(stream, { fromRevision: from, direction, maxCount }), connection.timeoutMs)
    return await Promise.all(page.map((event) => recordedOf(connection, positions, event)))
  } catch (error) {
    if (error instanceof StreamNotFoundError) return []
    throw error instanceof StoreReadFailed ? error : new StoreReadFailed(`cannot read ${stream}`, { cause: error })
  }
}

/** Reads a stream page by page; see the port. */
export const readStream = async function* (connection: Connection, positions: Positions, stream: StreamName, options: Options) {
  const { limit } = options
  const forwardsFromEnd = options.direction === 'forwards' && options.from === 'end'
  const direction = forwardsFromEnd ? 'backwards' : options.direction
  const step = direction === 'forwards' ? 1n : -1n
  let left = forwardsFromEnd ? Math.min(limit, 1) : limit
  let from: From = direction === 'backwards' && options.from === 'start' ? 0n : options.from
  while (left > 0) {
    const maxCount = Math.min(left, PAGE_EVENTS)
    const page = await streamPage(connection, positions, stream, from, direction, maxCount)
    yield* page
    const last = page.at(-1)
    if (last === undefined || page.length < maxCount || last.revision + step < 0n) return
    left -= page.length
    from = last.revision + step
  }
}
