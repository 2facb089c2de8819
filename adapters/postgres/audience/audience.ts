import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type pg from 'pg'
import type { Audience, AudienceUnavailable, Relation } from '../../../events/audience.js'
import { audienceModel } from '../../../projections/audience/writes.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'

const schema = liveSchema(audienceModel)

/** Whether `other` stands on the list of `of`. A scalar, so that it is always looked up by its key, never read whole to be hashed. */
export const stands = (list: string, of: string, other: string): string =>
  `coalesce((SELECT l.stands FROM ${schema}.${list} l WHERE l.user_id = ${of} AND l.other = ${other}), false)`

/** Whether one of them blocks the other. */
export const blocked = (one: string, other: string): string => `(${stands('blocks', one, other)} OR ${stands('blocks', other, one)})`

type RelationRow = readonly [follows: boolean, closeFriend: boolean, blocked: boolean, hidden: boolean, muted: boolean]

const relations = preparedRows<RelationRow>('audience.relations', `
  SELECT ${stands('follows', '$1::uuid', 'a.author')}, ${stands('close_friends', 'a.author', '$1::uuid')}, ${blocked('$1::uuid', 'a.author')},
    ${stands('hidden', 'a.author', '$1::uuid')}, ${stands('muted', '$1::uuid', 'a.author')}
  FROM unnest($2::uuid[]) WITH ORDINALITY AS a (author, place) ORDER BY a.place`)

const authors = preparedRows<readonly [author: string]>('audience.authors_for', `
  SELECT a.author FROM (
    SELECT l.other AS author, l.position FROM ${schema}.follows l WHERE l.user_id = $1::uuid AND l.stands
    UNION ALL
    SELECT l.user_id, l.position FROM ${schema}.close_friends l WHERE l.other = $1::uuid AND l.stands
  ) a
  WHERE NOT ${blocked('$1::uuid', 'a.author')} AND NOT ${stands('hidden', 'a.author', '$1::uuid')}
  GROUP BY a.author ORDER BY max(a.position) DESC, a.author LIMIT $2::integer`)

const relationOf = ([follows, closeFriend, isBlocked, hidden, muted]: RelationRow): Relation => ({ follows, closeFriend, blocked: isBlocked, hidden, muted })

const asking = <A>(ask: () => Promise<A>): TE.TaskEither<AudienceUnavailable, A> =>
  pipe(answering(ask), TE.mapLeft(({ retryAfterMs, reason }): AudienceUnavailable => ({ _tag: 'AudienceUnavailable', retryAfterMs, reason })))

/** The audience as it is committed, by one statement an answer. Authors whose relation is newest come first. */
export const postgresAudience = (pool: pg.Pool): Audience => ({
  relations: (viewer, of) => asking(async () => (of.length === 0 ? [] : (await relations(pool, [viewer, of])).map(relationOf))),
  authorsFor: (viewer, limit) => asking(async () => (await authors(pool, [viewer, limit])).map(([author]) => author)),
})
