import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import pg from 'pg'
import type { Position } from '../../../events/event-store.js'
import { limits } from '../../../events/limits.js'
import type { PushStore, PushStoreUnavailable, WaitingPush } from '../../../gateway/ports.js'

const RETRY_AFTER_MS = 1_000
/** Foreign key and unique: somebody subscribed or left in between, and the same again finds how it is now. */
const racing: ReadonlySet<string | undefined> = new Set(['23503', '23505'])

const unavailable = (error: unknown): PushStoreUnavailable => ({
  _tag: 'PushStoreUnavailable',
  retryAfterMs: RETRY_AFTER_MS,
  reason: error instanceof Error && 'code' in error ? String(error.code) : 'Postgres did not answer',
})

/** Every failure is `PushStoreUnavailable`, except what only a defect of ours can bring about. */
const asking = (pool: pg.Pool) => <Row extends pg.QueryResultRow>(text: string, values: ReadonlyArray<unknown>): TE.TaskEither<PushStoreUnavailable, ReadonlyArray<Row>> =>
  TE.tryCatch(async () => (await pool.query<Row>(text, [...values])).rows, (error) => {
    if (error instanceof pg.DatabaseError && !racing.has(error.code) && /^(22|23|42)/.test(error.code ?? '')) throw error
    return unavailable(error)
  })

const leaveElsewhere = 'DELETE FROM push.subscriptions WHERE endpoint = $3 AND (account, device) <> ($1::uuid, $2::uuid)'
const replace = `
  INSERT INTO push.subscriptions (account, device, endpoint, p256dh, auth, subscribed_at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (account, device) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth, subscribed_at = excluded.subscribed_at`
/** Afterwards: of any number at once the last one sees them all. */
const dropOldest = `
  DELETE FROM push.subscriptions WHERE (account, device) IN (
    SELECT account, device FROM push.subscriptions WHERE account = $1 ORDER BY device = $2 DESC, subscribed_at DESC, device OFFSET ${limits.pushSubscriptions})`

const revoke = 'DELETE FROM push.subscriptions s USING unnest($1::uuid[], $2::uuid[]) AS r (account, device) WHERE s.account = r.account AND s.device = r.device'

/** A place of other partitions is taken where there is none yet: what comes twice is told twice, and counts once. */
const place = `
  SELECT coalesce(
    (SELECT position FROM push.places WHERE partitions = $2 AND partition = $1), (SELECT min(position) FROM push.places WHERE partitions <> $2)) AS position`

const take = `
  WITH before AS (SELECT coalesce(max(position), '') AS position FROM push.places WHERE partitions = $2 AND partition = $1),
  moved AS (
    INSERT INTO push.places AS p (partition, partitions, position) VALUES ($1, $2, $3)
    ON CONFLICT (partitions, partition) DO UPDATE SET position = excluded.position WHERE p.position < excluded.position)
  INSERT INTO push.waiting (account, device, notification, position, at, due_at)
  SELECT s.account, s.device, n.id, n.position, n.at, $4
  FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::bigint[]) AS n (id, account, position, at) JOIN push.subscriptions s USING (account)
  WHERE n.position > (SELECT position FROM before) ON CONFLICT DO NOTHING`

const claim = `
  WITH due AS (SELECT account, device, notification FROM push.waiting WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
  UPDATE push.waiting w SET due_at = $2, attempts = w.attempts + 1
  FROM due d JOIN push.subscriptions s USING (account, device)
  WHERE w.account = d.account AND w.device = d.device AND w.notification = d.notification
  RETURNING w.account, w.device, w.notification, w.position, w.at, w.attempts, s.endpoint, s.p256dh, s.auth`

interface Claimed {
  readonly account: string
  readonly device: string
  readonly notification: string
  readonly position: Position
  readonly at: string
  readonly attempts: number
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

const waitingOf = ({ endpoint, p256dh, auth, at, ...rest }: Claimed): WaitingPush => ({ ...rest, at: Number(at), subscription: { endpoint, keys: { p256dh, auth } } })

const these = 'w.account = t.account AND w.device = t.device AND w.notification = t.notification'
const settle = `DELETE FROM push.waiting w USING unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS t (account, device, notification) WHERE ${these}`
const defer = 'UPDATE push.waiting SET due_at = $4 WHERE account = $1 AND device = $2 AND notification = $3'

const column = <A, B>(rows: ReadonlyArray<A>, valueOf: (row: A) => B): ReadonlyArray<B> => rows.map(valueOf)
const nothing = TE.map((): void => undefined)

/** Push subscriptions in Postgres, schema `push`, of a migrated database (`migrate`). The pool is not closed by it. */
export const postgresPushStore = (pool: pg.Pool): PushStore => {
  const ask = asking(pool)
  return {
    subscribe: ({ account, device }, { endpoint, keys: { p256dh, auth } }, now) =>
      pipe(
        ask(leaveElsewhere, [account, device, endpoint]),
        TE.chain(() => ask(replace, [account, device, endpoint, p256dh, auth, now])),
        TE.chain(() => ask(dropOldest, [account, device])),
        nothing,
      ),
    unsubscribe: ({ account, device }) => nothing(ask(revoke, [[account], [device]])),
    place: (partition, partitions) =>
      pipe(ask<{ readonly position: Position | null }>(place, [partition, partitions]), TE.map(([row]) => row?.position ?? 'start')),
    take: ({ partition, partitions, through, notices, revoked }, now) =>
      pipe(
        revoked.length === 0 ? TE.right([]) : ask(revoke, [column(revoked, ({ account }) => account), column(revoked, ({ device }) => device)]),
        TE.chain(() => ask(take, [partition, partitions, through, now,
          column(notices, ({ id }) => id), column(notices, ({ account }) => account), column(notices, ({ position }) => position), column(notices, ({ at }) => at)])),
        nothing,
      ),
    claim: ({ now, until, limit }) => pipe(ask<Claimed>(claim, [now, until, limit]), TE.map((rows) => rows.map(waitingOf))),
    settle: (pushes) => nothing(ask(settle, [column(pushes, ({ account }) => account), column(pushes, ({ device }) => device), column(pushes, ({ notification }) => notification)])),
    defer: ({ account, device, notification }, until) => nothing(ask(defer, [account, device, notification, until])),
  }
}
