import type pg from 'pg'
import type { SteadyConnection } from '../steady-connection.js'
import { steadyConnection } from '../steady-connection.js'
import type { Bell } from './bell.js'

/** Rings the bell for what other processes commit (LISTEN), and once after each connecting for what was missed before. */
export const listen = (pool: pg.Pool, bell: Bell): Promise<SteadyConnection> =>
  steadyConnection({
    pool,
    prepare: async (client) => {
      client.on('notification', ({ payload }) => bell.ring(payload === undefined ? undefined : BigInt(payload)))
      await client.query('LISTEN tidings_log')
      bell.ring()
    },
  })
