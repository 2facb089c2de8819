import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { expect, it } from 'vitest'
import { postgresPool } from '../../adapters/postgres/pool.js'
import { postgresPushStore } from '../../adapters/postgres/push/push-store.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { pushStoreContract } from './push-store/index.js'

describeWith(['postgres'], 'Postgres', () => {
  pushStoreContract('Postgres', async () => {
    const { url, pool, drop } = await migratedDatabase()
    const second = postgresPool({ url })
    return { store: postgresPushStore(pool), other: postgresPushStore(second), close: () => second.end().then(drop) }
  })

  it('without a server every operation says when to come back', async () => {
    const pool = postgresPool({ url: 'postgres://nobody@127.0.0.1:1/none' })
    const [store, owner] = [postgresPushStore(pool), { account: uuidv7(), device: uuidv7() }]
    const tasks = [store.subscribe(owner, { endpoint: 'https://push.example', keys: { p256dh: '', auth: '' } }, 1), store.unsubscribe(owner), store.place(0, 1), store.claim({ now: 1, until: 2, limit: 1 })]
    for (const task of tasks) expect(await task()).toEqual(E.left({ _tag: 'PushStoreUnavailable', retryAfterMs: 1_000, reason: expect.any(String) }))
    await pool.end()
  })
})
