import type pg from 'pg'
import type { Position } from '../../../events/event-store.js'
import { lastSeenByDefault, type LastSeenAudience } from '../../../events/schemas/account.js'
import type { NotificationKind } from '../../../events/schemas/common.js'
import { audienceModel } from '../../../projections/audience/writes.js'
import type { AudienceReader, ListedAccounts } from '../../../read-side/ports.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'

const schema = liveSchema(audienceModel)

/** Before every position, and after: where no page came before. */
const fromTheNewest = ['~', 'ffffffff-ffff-ffff-ffff-ffffffffffff'] as const

type ListedRow = readonly [userId: string, position: Position]

const page = (name: string, table: string, [of, listed]: readonly [string, string], where = '') => preparedRows<ListedRow>(`audience.${name}`, `
  SELECT l.${listed}, l.position FROM ${schema}.${table} l
  WHERE l.${of} = $1::uuid AND l.stands AND (l.position, l.${listed}) < ($2::text COLLATE "C", $3::uuid) ${where}
  ORDER BY l.position DESC, l.${listed} DESC LIMIT $4::integer`)

const notBlocked = `AND NOT EXISTS (SELECT FROM ${schema}.blocks b WHERE b.user_id = l.other AND b.other = l.user_id AND b.stands)`
const mine = ['user_id', 'other'] as const

const pages: Readonly<Record<ListedAccounts, ReturnType<typeof page>>> = {
  following: page('following', 'follows', mine),
  followers: page('followers', 'follows', ['other', 'user_id'], notBlocked),
  closeFriends: page('close_friends', 'close_friends', mine),
  blocked: page('blocked', 'blocks', mine),
  hiddenFrom: page('hidden_from', 'hidden', mine),
  muted: page('muted', 'muted', mine),
}

const settings = preparedRows<readonly [off: ReadonlyArray<NotificationKind>, lastSeen: LastSeenAudience | null]>('audience.settings', `
  SELECT ARRAY(SELECT n.kind FROM ${schema}.notifications n WHERE n.user_id = $1::uuid AND NOT n.enabled ORDER BY n.kind),
    (SELECT l.visible_to FROM ${schema}.last_seen l WHERE l.user_id = $1::uuid)`)

/** What an account sees of its own lists and settings, by one statement an answer. */
export const postgresAudienceReader = (pool: pg.Pool): AudienceReader => ({
  listed: (account, list, { before, limit }) => answering(async () => {
    const rows = await pages[list](pool, [account, ...(before === undefined ? fromTheNewest : [before.position, before.userId]), limit])
    return rows.map(([userId, position]) => ({ userId, position }))
  }),
  settings: (account) => answering(async () => {
    const [row] = await settings(pool, [account])
    return { notificationsOff: row?.[0] ?? [], lastSeen: row?.[1] ?? lastSeenByDefault }
  }),
})
