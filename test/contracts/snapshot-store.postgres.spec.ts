import * as E from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { postgresPool } from '../../adapters/postgres/pool.js'
import { postgresSnapshotStore } from '../../adapters/postgres/snapshots/snapshot-store.js'
import { conversationStream } from '../../events/streams.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { snapshotStoreContract } from './snapshot-store/index.js'

describeWith(['postgres'], 'Postgres', () => {
  snapshotStoreContract('Postgres', async () => {
    const { pool, drop } = await migratedDatabase()
    return { store: postgresSnapshotStore(pool), another: () => postgresSnapshotStore(pool), close: drop }
  })

  it('a server that is away is a typed answer', async () => {
    const pool = postgresPool({ url: 'postgres://nobody@127.0.0.1:1/nothing' })
    const answer = await postgresSnapshotStore(pool).load(conversationStream('x'), 1)()
    expect(E.isLeft(answer) && answer.left).toMatchObject({ _tag: 'Unavailable', retryAfterMs: 100 })
    await pool.end()
  })
})
