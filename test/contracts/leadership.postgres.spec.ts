import { expect, it } from 'vitest'
import { postgresLeadership, SWEEP_LEAD } from '../../adapters/postgres/leadership/leadership.js'
import { postgresPool } from '../../adapters/postgres/pool.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { leadershipContract } from './leadership/index.js'

const killHolder = `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND (classid::bigint << 32 | objid::bigint) = $1`

describeWith(['postgres'], 'Postgres', () => {
  leadershipContract('Postgres', async () => {
    const { pool, drop } = await migratedDatabase()
    return {
      another: () => postgresLeadership(pool, SWEEP_LEAD),
      killLeader: async () => { expect((await pool.query(killHolder, [SWEEP_LEAD])).rowCount).toBe(1) },
      close: drop,
    }
  })

  it('nobody leads while the server is away, and asking does not wait for it', async () => {
    const pool = postgresPool({ url: 'postgres://nobody@127.0.0.1:1/nothing' })
    const leadership = await postgresLeadership(pool, SWEEP_LEAD)
    expect(await leadership.leads()).toBe(false)
    await leadership.resign()
    await pool.end()
  })
})
