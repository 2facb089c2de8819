import * as TE from 'fp-ts/lib/TaskEither.js'
import type pg from 'pg'

const RETRY_AFTER_MS = 500

interface Unavailable {
  readonly _tag: 'Unavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

/** Postgres that cannot answer is `Unavailable`. */
export const answering = <A>(ask: () => Promise<A>): TE.TaskEither<Unavailable, A> =>
  TE.tryCatch(ask, (error): Unavailable => ({
    _tag: 'Unavailable', retryAfterMs: RETRY_AFTER_MS, reason: error instanceof Error ? error.message : String(error),
  }))

/** A query of one statement, prepared on each connection; rows come as arrays. One statement sees one committed state. */
export const preparedRows = <Row extends ReadonlyArray<unknown>>(name: string, text: string) => {
  const statement = { name, text, rowMode: 'array' } as const
  return async (client: pg.Pool | pg.ClientBase, values: ReadonlyArray<unknown>): Promise<ReadonlyArray<Row>> =>
    (await client.query({ ...statement, values: [...values] })).rows as ReadonlyArray<unknown> as ReadonlyArray<Row>
}

/** Runs several statements on one committed state. */
export const onOneState = async <A>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<A>): Promise<A> => {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const result = await work(client)
    await client.query('COMMIT')
    broken = false
    return result
  } finally {
    // A connection whose transaction did not end is not given to anybody else.
    client.release(broken)
  }
}
