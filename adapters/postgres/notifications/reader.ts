import type pg from 'pg'
import type { Position } from '../../../events/event-store.js'
import type { NotificationKind } from '../../../events/schemas/common.js'
import { notificationsModel } from '../../../projections/notifications/writes.js'
import { storiesModel } from '../../../projections/stories/writes.js'
import type { NotificationsReader, StoredNotification } from '../../../read-side/ports.js'
import { membersSchema } from '../members/readable.js'
import { liveSchema } from '../read-model.js'
import { answering, preparedRows } from '../read-model-query.js'
import { facts, factsOf, type FactsRow } from '../stories/facts.js'
import { timelineSchema } from '../timeline/messages.js'
import type { EventRow } from '../timeline/rows.js'
import { eventColumns, eventOf } from '../timeline/rows.js'

const notifications = liveSchema(notificationsModel)
const stories = liveSchema(storiesModel)

type NotificationRow = readonly [
  account: string, position: Position, id: string, kind: NotificationKind, actor: string, at: string,
  conversation: string | null, sequence: number | null, messageId: string | null, storyId: string | null, read: boolean,
  ...content: EventRow | ReadonlyArray<null>,
]

/** What the account did not want to hear of when it came, or does not want to see now. */
const silenced = `EXISTS (
  SELECT FROM (
    SELECT s.silent, s.position, lead(s.position) OVER (PARTITION BY s.silence_of, s.subject ORDER BY s.position) AS until
    FROM ${notifications}.silences s
    WHERE s.account = n.account AND ((s.silence_of = 'kind' AND s.subject = n.kind) OR (s.silence_of IN ('block', 'blockedBy') AND s.subject = n.actor)
      OR (s.silence_of = 'conversation' AND n.message_id IS NOT NULL AND s.subject = n.conversation::text))
  ) q WHERE q.silent AND (q.until IS NULL OR (n.position > q.position AND n.position < q.until)))`

const shown = `
  FROM ${notifications}.notices n LEFT JOIN ${notifications}.marks k USING (account)
  WHERE n.position > coalesce(k.cleared_through, '') AND NOT ${silenced}`

/** Of the account `$1`, and about no story or one of `$2`. */
const shownTo = `${shown} AND n.account = $1::uuid AND (n.story_id IS NULL OR n.story_id = ANY($2::uuid[]))`

const toldStories = preparedRows<FactsRow>('notifications.told_stories', `
  SELECT ${facts} FROM ${stories}.stories s
  WHERE s.story_id = ANY(ARRAY(SELECT DISTINCT n.story_id FROM ${notifications}.notices n WHERE n.account = $1::uuid AND n.story_id IS NOT NULL)) AND s.posted_at > $2::bigint
  ORDER BY s.posted_at DESC, s.story_id DESC LIMIT $3::integer`)

/** A page with the event that holds each message's content as it stands, where the server can open it and the account may read it. */
const withContents = (page: string, order: 'ASC' | 'DESC'): string => `
  WITH page AS MATERIALIZED (SELECT n.*, n.position <= coalesce(k.read_through, '') AS read ${page})
  SELECT n.account, n.position, n.id, n.kind, n.actor, n.at, n.conversation, n.sequence, n.message_id, n.story_id, n.read, ${eventColumns('e')}
  FROM page n
  LEFT JOIN ${membersSchema}.members m ON n.message_id IS NOT NULL AND m.conversation = n.conversation AND m.user_id = n.account AND m.visible @> n.sequence
    AND EXISTS (SELECT FROM ${membersSchema}.conversations c WHERE c.conversation = m.conversation AND c.encryption = 'readable')
  LEFT JOIN ${timelineSchema}.events e ON e.conversation = m.conversation AND e.sequence = coalesce((
    SELECT c.sequence FROM ${timelineSchema}.changes c
    WHERE c.conversation = m.conversation AND c.target = n.sequence AND c.aspect = 'content' AND m.visible @> c.sequence ORDER BY c.sequence DESC LIMIT 1), n.sequence)
  ORDER BY n.position ${order}, n.id ${order}`

const pageBefore = preparedRows<NotificationRow>('notifications.page', withContents(`${shownTo}
  AND ($3::text IS NULL OR (n.position, n.id) < ($3::text COLLATE "C", $4::uuid)) ORDER BY n.position DESC, n.id DESC LIMIT $5::integer`, 'DESC'))

const pageAfter = preparedRows<NotificationRow>('notifications.missed', withContents(`${shownTo}
  AND (n.position, n.id) > ($3::text COLLATE "C", $4::uuid) ORDER BY n.position, n.id LIMIT $5::integer`, 'ASC'))

const picked = preparedRows<NotificationRow>('notifications.picked', withContents(`${shown} AND n.id = ANY($1::uuid[])`, 'ASC'))

const unreadCount = preparedRows<readonly [count: string]>('notifications.unread', `
  SELECT count(*) FROM (SELECT ${shownTo} AND n.position > coalesce(k.read_through, '') LIMIT $3::integer) u`)

const isEvent = (content: EventRow | ReadonlyArray<null>): content is EventRow => content[0] !== null

const notificationOf = ([account, position, id, kind, actor, at, conversation, sequence, messageId, storyId, read, ...content]: NotificationRow): StoredNotification => ({
  account, position, id, kind, actor, at: Number(at), read,
  conversation: conversation ?? undefined, sequence: sequence ?? undefined, messageId: messageId ?? undefined, storyId: storyId ?? undefined,
  content: isEvent(content) ? eventOf(content) : undefined,
})

/** Without an id a place is past everything at its position. */
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** What accounts are told of, by one statement an answer. */
export const postgresNotificationsReader = (pool: pg.Pool): NotificationsReader => ({
  toldStories: (account, since, limit) => answering(async () => (await toldStories(pool, [account, since, limit])).map(factsOf)),
  page: (account, { before, stories: of, limit }) =>
    answering(async () => (await pageBefore(pool, [account, of, before?.position ?? null, before?.id ?? null, limit])).map(notificationOf)),
  missed: (account, { after, stories: of, limit }) => answering(async () =>
    (await pageAfter(pool, [account, of, after.position === 'start' ? '' : after.position, after.id ?? LAST_ID, limit])).map(notificationOf)),
  pick: (ids) => answering(async () => (await picked(pool, [ids])).map(notificationOf)),
  unread: (account, of, atMost) => answering(async () => Number((await unreadCount(pool, [account, of, atMost]))[0]?.[0] ?? 0)),
})
