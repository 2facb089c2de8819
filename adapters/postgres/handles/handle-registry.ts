import * as O from 'fp-ts/lib/Option.js'
import type pg from 'pg'
import type { HandleRegistry } from '../../../command-side/ports.js'
import { answered } from '../answered.js'

interface ClaimRow {
  readonly account: string
}

/** Answers who holds the handle afterwards: the claim that was there stays. */
const claim = `INSERT INTO handles.claims AS c (digest, account) VALUES ($1, $2)
  ON CONFLICT (digest) DO UPDATE SET account = c.account RETURNING c.account`

/** Handles in Postgres (>= 14), schema `handles`. The pool is of a migrated database and is not closed by the registry. */
export const postgresHandleRegistry = (pool: pg.Pool): HandleRegistry => ({
  claim: (handleDigest, account) =>
    answered(async () => (await pool.query<ClaimRow>(claim, [handleDigest, account])).rows[0]?.account === account),
  release: (handleDigest, account) =>
    answered(async () => {
      await pool.query('DELETE FROM handles.claims WHERE digest = $1 AND account = $2', [handleDigest, account])
    }),
  holder: (handleDigest) =>
    answered(async () => {
      const { rows } = await pool.query<ClaimRow>('SELECT account FROM handles.claims WHERE digest = $1', [handleDigest])
      return O.fromNullable(rows[0]?.account)
    }),
  holders: (handleDigests) =>
    answered(async () => {
      const { rows } = await pool.query<ClaimRow & { readonly digest: string }>('SELECT digest, account FROM handles.claims WHERE digest = ANY($1)', [handleDigests])
      const held = new Map(rows.map(({ digest, account }) => [digest, account]))
      return handleDigests.map((digest) => O.fromNullable(held.get(digest)))
    }),
})
