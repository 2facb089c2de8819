import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type pg from 'pg'
import { directConversationId } from '../../../events/ids.js'
import { lastSeenByDefault } from '../../../events/schemas/account.js'
import type { LastSeenRule, PresenceUnavailable } from '../../../gateway/ports.js'
import { accountsModel } from '../../../projections/accounts/writes.js'
import { audienceModel } from '../../../projections/audience/writes.js'
import { membersModel } from '../../../projections/members/writes.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'
import { blocked, stands } from './audience.js'

const [accounts, audience, members] = [liveSchema(accountsModel), liveSchema(audienceModel), liveSchema(membersModel)]

const visibleTo = (of: string): string => `coalesce((SELECT s.visible_to FROM ${audience}.last_seen s WHERE s.user_id = ${of}), '${lastSeenByDefault}')`

/** A contact: the account follows the viewer, or the two have a direct conversation, whose id is derived from theirs. */
const mayKnow = preparedRows<readonly [may: boolean]>('audience.may_know', `
  SELECT EXISTS (SELECT FROM ${accounts}.profiles p WHERE p.user_id = a.account AND p.handle_digest IS NOT NULL)
    AND ${visibleTo('a.viewer')} <> 'nobody'
    AND NOT ${blocked('a.viewer', 'a.account')}
    AND CASE ${visibleTo('a.account')}
      WHEN 'everyone' THEN true
      WHEN 'contacts' THEN ${stands('follows', 'a.account', 'a.viewer')} OR EXISTS (SELECT FROM ${members}.conversations c WHERE c.conversation = a.direct)
      ELSE false END
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS a (viewer, account, direct, place) ORDER BY a.place`)

/** By the read models as they are committed, one statement an answer. */
export const postgresLastSeenRule = (pool: pg.Pool): LastSeenRule => ({
  mayKnow: (glances) => pipe(
    answering(async () => {
      if (glances.length === 0) return []
      const [viewers, of] = [glances.map(({ viewer }) => viewer), glances.map(({ account }) => account)]
      const rows = await mayKnow(pool, [viewers, of, glances.map(({ viewer, account }) => directConversationId(viewer, account))])
      return rows.map(([may]) => may)
    }),
    TE.mapLeft(({ retryAfterMs, reason }): PresenceUnavailable => ({ _tag: 'PresenceUnavailable', retryAfterMs, reason })),
  ),
})
