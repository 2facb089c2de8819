import * as E from 'fp-ts/lib/Either.js'
import type pg from 'pg'
import type { RecordedEvent } from '../../../events/event-store.js'
import type { SteadyConnection } from '../steady-connection.js'
import { steadyConnection } from '../steady-connection.js'
import type { Answer, AppendQueue, PendingAppend } from './append-queue.js'
import { appendQueue } from './append-queue.js'
import type { AppendRow } from './group.js'
import { answerOf, appendParameters, appendStatement, writtenBy } from './group.js'

const GROUP_LIMITS = { events: 2_048, bytes: 4 * 1024 * 1024 }
const CLIENT_GRACE_MS = 1_000
const RETRY_UNKNOWN_MS = 50
const RETRY_OVERLOADED_MS = 100

export interface WriterOptions {
  readonly pool: pg.Pool
  /** How long a group may take before its outcome is given up as unknown. */
  readonly timeLimitMs: number
  /** Appends and their bytes that wait at most; more are refused at once. */
  readonly queuedAppends: number
  readonly queuedBytes: number
  /** Told after each committed group what it wrote, in the order of positions, before any of it is answered. */
  readonly onCommit: (events: ReadonlyArray<RecordedEvent>) => void
  /** The connection was lost, and with it perhaps the answer to a group that was committed. */
  readonly onLost: () => void
}

type Submitted = Omit<PendingAppend, 'answer'>

export interface Writer {
  readonly append: (append: Submitted) => Promise<Answer>
  /** The server's process behind the connection, while there is one. */
  readonly backend: () => number | undefined
  readonly close: () => Promise<void>
}

const unavailable = (reason: string, retryAfterMs: number): Answer => E.left({ _tag: 'StoreUnavailable', retryAfterMs, reason })

const refuseAll = (appends: ReadonlyArray<PendingAppend>, reason: string): void => {
  for (const { answer } of appends) answer(unavailable(reason, RETRY_UNKNOWN_MS))
}

/** The code of an error that Postgres answered with on a connection that goes on: the group was rolled back. */
const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'severity' in error && error.severity === 'ERROR' && 'code' in error ? String(error.code) : undefined

const runGroup = async (connection: pg.Client, group: ReadonlyArray<PendingAppend>): Promise<ReadonlyArray<AppendRow>> =>
  (await connection.query<[...AppendRow]>({ ...appendStatement, values: [...appendParameters(group)] })).rows

const writing = (connection: SteadyConnection, queue: AppendQueue, onCommit: WriterOptions['onCommit']) =>
  async (client: pg.Client, group: ReadonlyArray<PendingAppend>): Promise<void> => {
    try {
      const rows = await runGroup(client, group)
      onCommit(group.flatMap((append, index) => writtenBy(append, rows[index])))
      group.forEach(({ answer }, index) => {
        const row = rows[index]
        answer(row === undefined ? unavailable('Postgres did not answer each append', RETRY_UNKNOWN_MS) : answerOf(row))
      })
    } catch (error) {
      const [state, reason] = [sqlState(error), error instanceof Error ? error.message : String(error)]
      // What fails for one group (no space, a time-out) would keep those behind it waiting for the same.
      refuseAll([...group, ...queue.takeAll()], state === undefined ? reason : `SQLSTATE ${state}: ${reason}`)
      if (state === undefined) connection.drop(client, reason)
    }
  }

/**
 * One connection and one write in flight; what arrives meanwhile goes together into the next one. While there is no
 * connection every append is answered at once; it comes back by itself.
 */
export const startWriter = async (options: WriterOptions): Promise<Writer> => {
  const queue = appendQueue(GROUP_LIMITS)
  let backend: number | undefined
  const connection = await steadyConnection({
    pool: options.pool,
    overrides: { statement_timeout: options.timeLimitMs, query_timeout: options.timeLimitMs + CLIENT_GRACE_MS },
    prepare: async (client) => {
      await client.query('SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED')
      backend = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid
    },
    onLost: (reason) => {
      backend = undefined
      refuseAll(queue.takeAll(), reason)
      options.onLost()
    },
  })
  const write = writing(connection, queue, options.onCommit)
  let [closed, scheduled, idle] = [false, false, Promise.resolve()]

  const drain = async (): Promise<void> => {
    scheduled = false
    for (let client = connection.current(); client !== undefined && queue.size().appends > 0; client = connection.current()) {
      await write(client, queue.takeGroup())
    }
  }

  const append = (submitted: Submitted): Promise<Answer> => {
    if (closed) return Promise.resolve(unavailable('closed', RETRY_OVERLOADED_MS))
    if (connection.current() === undefined) return Promise.resolve(unavailable('no connection to Postgres', connection.retryInMs()))
    const { appends, bytes } = queue.size()
    if (appends >= options.queuedAppends || bytes + submitted.bytes > options.queuedBytes) {
      return Promise.resolve(unavailable('too many appends wait', RETRY_OVERLOADED_MS))
    }
    return new Promise((answer) => {
      queue.push({ ...submitted, answer })
      if (scheduled) return
      scheduled = true
      // After the input of this turn of the loop was read: what arrived with it shares the write.
      setImmediate(() => { idle = idle.then(drain) })
    })
  }

  const close = async (): Promise<void> => {
    closed = true
    await (idle = idle.then(drain))
    await connection.close()
  }
  return { append, close, backend: () => backend }
}
