import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { expect, it } from 'vitest'
import { createIssuer } from '../../adapters/issuer/issuer.js'
import type { GivenTokens } from '../../adapters/issuer/sessions.js'
import { signingKeysIn } from '../../adapters/issuer/signing-keys.js'
import { postgresIssuerStore } from '../../adapters/postgres/issuer/issuer-store.js'
import { postgresPool } from '../../adapters/postgres/pool.js'
import { systemClock } from '../../platform/clock.js'
import { newId } from '../../platform/identifiers.js'
import { httpDoor } from '../support/http-door.js'
import { migratedDatabase } from '../support/migrated-database.js'
import { describeWith } from '../support/services/index.js'
import { issuerStoreContract } from './issuer-store/index.js'

describeWith(['postgres'], 'Postgres', () => {
  issuerStoreContract('Postgres', async () => {
    const { url, pool, drop } = await migratedDatabase()
    const second = postgresPool({ url })
    return { store: postgresIssuerStore(pool), other: postgresIssuerStore(second), close: () => second.end().then(drop) }
  })

  it('E8: what the issuer stores names nobody and opens nothing', async () => {
    const { pool, drop } = await migratedDatabase()
    const folder = mkdtempSync(join(tmpdir(), 'tidings-issuer-'))
    const issuer = createIssuer({
      store: postgresIssuerStore(pool), keys: signingKeysIn(join(folder, 'keys.json'), systemClock), clock: systemClock, newId,
      accessTokenMinutes: 15, refreshTokenDays: 30, issuerUrl: 'https://tidings.example', audience: 'tidings',
      register: () => TE.right(undefined), accountOf: () => TE.right(O.none), mayTry: () => TE.right(undefined),
    })
    const door = await httpDoor({ routes: issuer.routes })
    const post = async (path: string, body: object) => {
      const answer = await fetch(`${door.url}/v1/auth/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      return (await answer.json()) as GivenTokens
    }
    const signedUp = await post('sign-up', { handle: 'canary_handle', name: 'Canary Name', email: 'canary@mail.example', password: 'canary password' })
    const refreshed = await post('refresh', { refreshToken: signedUp.refreshToken })
    const dump = []
    for (const table of ['credentials', 'refresh_families', 'denied']) dump.push(...(await pool.query(`SELECT t::text AS row FROM issuer.${table} t`)).rows)
    const text = JSON.stringify(dump)
    expect(text).toContain(signedUp.account)
    const hex = (token: string) => Buffer.from(token, 'base64url').subarray(16).toString('hex')
    for (const secret of ['canary', 'Canary', signedUp.refreshToken, refreshed.refreshToken, hex(signedUp.refreshToken), hex(refreshed.refreshToken), refreshed.accessToken]) {
      expect(text).not.toContain(secret)
    }
    await door.close()
    await drop()
    rmSync(folder, { recursive: true })
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
