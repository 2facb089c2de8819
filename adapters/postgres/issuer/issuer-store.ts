import { pipe } from 'fp-ts/lib/function.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import pg from 'pg'
import type { Credentials, DenyList, IssuerStore, IssuerStoreUnavailable, RefreshFamilies, Rotated } from '../../issuer/ports.js'

const RETRY_AFTER_MS = 1_000
/** Rows that are over, cleared with each write: more than a write adds. */
const CLEARED_AT_ONCE = 16

const unavailable = (error: unknown): IssuerStoreUnavailable => ({
  _tag: 'IssuerStoreUnavailable',
  retryAfterMs: RETRY_AFTER_MS,
  reason: error instanceof Error && 'code' in error ? String(error.code) : 'Postgres did not answer',
})

/** Every failure is `IssuerStoreUnavailable`, except what only a defect of ours can bring about. */
const asking = (pool: pg.Pool) => <Row extends pg.QueryResultRow>(text: string, values: ReadonlyArray<unknown>): TE.TaskEither<IssuerStoreUnavailable, ReadonlyArray<Row>> =>
  TE.tryCatch(async () => (await pool.query<Row>(text, [...values])).rows, (error) => {
    if (error instanceof pg.DatabaseError && /^(22|23|42)/.test(error.code ?? '')) throw error
    return unavailable(error)
  })

type Ask = ReturnType<typeof asking>
type Rows<Row> = TE.TaskEither<IssuerStoreUnavailable, ReadonlyArray<Row>>
const nothing = TE.map((): void => undefined)
const columnOfFirst = <Name extends string>(name: Name) => (rows: Rows<Readonly<Record<Name, string>>>): TE.TaskEither<IssuerStoreUnavailable, O.Option<string>> =>
  pipe(rows, TE.map(([first]) => O.fromNullable(first?.[name])))

const credentials = (ask: Ask): Credentials => ({
  save: (account, passwordHash) =>
    nothing(ask('INSERT INTO issuer.credentials (account, password_hash) VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET password_hash = excluded.password_hash', [account, passwordHash])),
  find: (account) => pipe(ask<{ readonly password_hash: string }>('SELECT password_hash FROM issuer.credentials WHERE account = $1', [account]), columnOfFirst('password_hash')),
  remove: (account) => nothing(ask('DELETE FROM issuer.credentials WHERE account = $1', [account])),
})

interface RotatedRow {
  readonly outcome: 'Rotated' | 'Reused' | 'Unknown'
  readonly owner: string | null
}

const rotatedOf = (row: RotatedRow | undefined): Rotated =>
  row === undefined || row.owner === null || row.outcome === 'Unknown' ? { _tag: 'Unknown' } : { _tag: row.outcome, account: row.owner }

const families = (ask: Ask): RefreshFamilies => ({
  open: ({ family, account, tokenHash, expiresAt }, now) =>
    nothing(ask(
      `WITH cleared AS (
         DELETE FROM issuer.refresh_families WHERE family IN (SELECT family FROM issuer.refresh_families WHERE expires_at <= $5 ORDER BY expires_at LIMIT ${CLEARED_AT_ONCE} FOR UPDATE SKIP LOCKED)
       )
       INSERT INTO issuer.refresh_families (family, account, current, expires_at) VALUES ($1, $2, $3, $4)`,
      [family, account, Buffer.from(tokenHash), expiresAt, now])),
  rotate: ({ family, used, next, expiresAt, now, graceMs }) =>
    pipe(
      ask<RotatedRow>('SELECT outcome, owner FROM issuer.rotate($1, $2, $3, $4, $5, $6)', [family, Buffer.from(used), Buffer.from(next), expiresAt, now, graceMs]),
      TE.map(([row]) => rotatedOf(row)),
    ),
  revoke: (family, tokenHash) =>
    pipe(
      ask<{ readonly account: string }>('DELETE FROM issuer.refresh_families WHERE family = $1 AND $2 IN (current, replaced) RETURNING account', [family, Buffer.from(tokenHash)]),
      columnOfFirst('account'),
    ),
})

const denyList = (ask: Ask): DenyList => ({
  deny: (tokenId, until, now) =>
    nothing(ask(
      `WITH cleared AS (
         DELETE FROM issuer.denied WHERE token_id IN (SELECT token_id FROM issuer.denied WHERE until <= $3 AND token_id <> $1 ORDER BY until LIMIT ${CLEARED_AT_ONCE} FOR UPDATE SKIP LOCKED)
       )
       INSERT INTO issuer.denied AS d (token_id, until) VALUES ($1, $2) ON CONFLICT (token_id) DO UPDATE SET until = greatest(d.until, excluded.until)`,
      [tokenId, until, now])),
  denied: (tokenIds) =>
    tokenIds.length === 0
      ? TE.right(new Set())
      : pipe(
          ask<{ readonly token_id: string }>('SELECT token_id FROM issuer.denied WHERE token_id = ANY ($1)', [tokenIds]),
          TE.map((rows) => new Set(rows.map((row) => row.token_id))),
        ),
})

/** The issuer's store in Postgres, schema `issuer`, of a migrated database (`migrate`). The pool is not closed by it. */
export const postgresIssuerStore = (pool: pg.Pool): IssuerStore => {
  const ask = asking(pool)
  return { credentials: credentials(ask), families: families(ask), denyList: denyList(ask) }
}
