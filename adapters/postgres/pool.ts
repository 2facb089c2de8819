import pg from 'pg'

export interface PostgresSettings {
  readonly url: string
  /** Shown in pg_stat_activity; default `tidings`. */
  readonly name?: string
  /** Connections at most; default 8. */
  readonly connections?: number
  /** The server gives up a statement after this long; the client 1 s later. Default 15,000. */
  readonly statementTimeoutMs?: number
}

const CONNECTIONS = 8
const CONNECT_TIMEOUT_MS = 2_000
const STATEMENT_TIMEOUT_MS = 15_000
const CLIENT_GRACE_MS = 1_000
const IDLE_TRANSACTION_TIMEOUT_MS = 60_000
const IDLE_CONNECTION_MS = 60_000
const KEEP_ALIVE_AFTER_MS = 10_000

/**
 * A connection that died while idle is replaced at its next use, one that died between two statements of a transaction fails
 * the next of them; without a listener the event would end the process.
 */
const diedWhileIdle = (): void => undefined

/**
 * The one way to make a pool: connecting, statements and forgotten transactions are bounded in time, and a connection
 * that dies while idle never ends the process. Connects when first used. Errors come from its queries.
 */
export const postgresPool = (settings: PostgresSettings): pg.Pool => {
  const statementTimeoutMs = settings.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
  return new pg.Pool({
    connectionString: settings.url,
    application_name: settings.name ?? 'tidings',
    max: settings.connections ?? CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs + CLIENT_GRACE_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_CONNECTION_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    allowExitOnIdle: true,
    // Statements that do not wait for one another's answers share a round trip.
    pipeline: true,
  }).on('error', diedWhileIdle).on('connect', (client) => client.on('error', diedWhileIdle))
}

/**
 * A connection of its own beside the pool, to the same server with the same settings but for `overrides`: for writers
 * and listeners that must never wait for a free one. Rejects when it cannot connect; ended by its owner.
 */
export const dedicatedClient = async (pool: pg.Pool, overrides: pg.ClientConfig = {}): Promise<pg.Client> => {
  // The password of the options is not enumerable (pg hides it from logs).
  const client = new pg.Client({ ...pool.options, ...(pool.options.password === undefined ? {} : { password: pool.options.password }), ...overrides })
  client.on('error', diedWhileIdle)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(diedWhileIdle)
    throw error
  }
}

/**
 * Runs the work in one transaction on one connection of the pool; rolled back when it rejects, and then rejects itself. The
 * work may send statements that read before `begun` resolves, and must await it before it writes.
 */
export const inTransactionBegun = async <A>(pool: pg.Pool, work: (client: pg.PoolClient, begun: Promise<unknown>) => Promise<A>): Promise<A> => {
  const client = await pool.connect()
  let broken = false
  try {
    const begun = client.query('BEGIN')
    begun.catch(() => undefined)
    const result = await work(client, begun)
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => { broken = true })
    throw error
  } finally {
    client.release(broken)
  }
}

/** The same for work that begins with the transaction. */
export const inTransaction = <A>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<A>): Promise<A> =>
  inTransactionBegun(pool, async (client, begun) => {
    await begun
    return work(client)
  })

/** Says of a statement only that one before it in its transaction had failed. */
const isConsequence = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '25P02'

/**
 * Waits for all of them, also when one fails, so that none sends a statement after the transaction has ended. Rejects with
 * the cause of the failures.
 */
export const allInTransaction = async (works: ReadonlyArray<Promise<unknown>>): Promise<void> => {
  const failures = (await Promise.allSettled(works)).flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []))
  if (failures.length > 0) throw failures.find((failure) => !isConsequence(failure)) ?? failures[0]
}
