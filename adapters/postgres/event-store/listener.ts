import type pg from 'pg'
import type { SteadyConnection } from '../steady-connection.js'
import { steadyConnection } from '../steady-connection.js'
import type { Bell } from './bell.js'

/**
 * Rings the bell for what other processes commit (LISTEN), and once after each connecting for what was missed before. What
 * an own backend tells is left out: whoever wrote it rings when it has the events, and needs no reading.
 */
export const listen = (pool: pg.Pool, bell: Bell, isOwn: (backend: number) => boolean): Promise<SteadyConnection> =>
  steadyConnection({
    pool,
    prepare: async (client) => {
      client.on('notification', ({ processId, payload }) => {
        if (!isOwn(processId)) bell.ring(payload === undefined ? undefined : BigInt(payload))
      })
      await client.query('LISTEN tidings_log')
      bell.ring()
    },
  })
