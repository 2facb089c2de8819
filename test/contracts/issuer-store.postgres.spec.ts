import * as E from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { postgresIssuerStore } from '../../adapters/postgres/issuer/issuer-store.js'
import { postgresPool } from '../../adapters/postgres/pool.js'
import { newId } from '../../platform/identifiers.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { issuerStoreContract } from './issuer-store/index.js'

describeWith(['postgres'], 'Postgres', () => {
  issuerStoreContract('Postgres', async () => {
    const { url, pool, drop } = await migratedDatabase()
    const second = postgresPool({ url })
    return { store: postgresIssuerStore(pool), other: postgresIssuerStore(second), close: () => second.end().then(drop) }
  })

  it('without a server every operation says when to come back', async () => {
    const pool = postgresPool({ url: 'postgres://nobody@127.0.0.1:1/none' })
    const { credentials, families, denyList } = postgresIssuerStore(pool)
    const hash = new Uint8Array(32)
    const tasks = [
      credentials.find(newId()), credentials.save(newId(), 'x'), credentials.remove(newId()), families.revoke(newId(), hash),
      families.open({ family: newId(), account: newId(), tokenHash: hash, expiresAt: 1 }, 0),
      families.rotate({ family: newId(), used: hash, next: hash, expiresAt: 1, now: 0, graceMs: 0 }),
      denyList.deny(newId(), 1, 0), denyList.denied([newId()]),
    ]
    for (const task of tasks) expect(await task()).toMatchObject(E.left({ _tag: 'IssuerStoreUnavailable', retryAfterMs: 1_000 }))
    await pool.end()
  })
})
