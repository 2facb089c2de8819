import type pg from 'pg'
import type { Leadership } from '../../../command-side/ports.js'
import { steadyConnection } from '../steady-connection.js'

/** Names of locks that processes of one database lead by. */
export const SWEEP_LEAD = 7_443_211_908

const TIME_LIMIT_MS = 2_000

/** A server that hears nothing of a dead host lets go of its lock after half a minute. */
const keepAlives = 'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4'

/** Taking it again by the session that holds it only counts: one statement asks, takes and proves that the connection lives. */
const takeLead = { name: 'leadership.take', text: 'SELECT pg_try_advisory_lock($1) AS leads' }

/**
 * Leads by an advisory lock on a connection of its own, which must be one to the server itself and not through a pooler of
 * transactions. The server gives the lock up with the connection. Never waits longer than 3 s.
 */
export const postgresLeadership = async (pool: pg.Pool, lead: number): Promise<Leadership> => {
  const connection = await steadyConnection({
    pool, prepare: (client) => client.query(keepAlives),
    overrides: { statement_timeout: TIME_LIMIT_MS, query_timeout: TIME_LIMIT_MS + 1_000 },
  })
  return {
    leads: async () => {
      const client = connection.current()
      if (client === undefined) return false
      try {
        const { rows } = await client.query<{ leads: boolean }>({ ...takeLead, values: [lead] })
        return rows[0]?.leads === true
      } catch (error) {
        connection.drop(client, error instanceof Error ? error.message : String(error))
        return false
      }
    },
    resign: connection.close,
  }
}
