import * as O from 'fp-ts/lib/Option.js'
import type pg from 'pg'
import type { PageOfMessages, TimelineReader } from '../../../read-side/ports.js'
import { membersSchema, readableHead, within } from '../members/readable.js'
import { answering, preparedRows } from '../read-model-query.js'
import { messageParts, timelineSchema } from './messages.js'
import type { EventRow, MessagePart } from './rows.js'
import { eventColumns, eventOf, messagesOf, noEvent } from './rows.js'

const events = `${timelineSchema}.events`
const members = `${membersSchema}.members`
const BEFORE_ALL = ''
const NEWEST = 2_147_483_647

/** Sequences that no conversation reaches are as good as the last one. */
const inRange = (sequence: number): number => Math.min(sequence, NEWEST)

export const headOf = (conversation: string): string => `(SELECT max(h.sequence) FROM ${events} h WHERE h.conversation = ${conversation})`

type ReaderRow = readonly [part: 'reader', head: number, ...unknown[]]

/** $1 account, $2 conversation, $3 the bound, $4 how many. Interval by interval, so that none scans what it may not see. */
const pageOf = (side: '<' | '>', order: 'ASC' | 'DESC'): string => `
  SELECT m.conversation, m.visible, e.sequence
  FROM ${members} m CROSS JOIN LATERAL unnest(m.visible) AS span CROSS JOIN LATERAL (
    SELECT e.sequence FROM ${events} e
    WHERE e.conversation = m.conversation AND e.sequence ${side} $3::integer AND ${within('e.sequence', 'span')} AND e.sender IS NOT NULL
    ORDER BY e.sequence ${order} LIMIT $4::integer
  ) e
  WHERE m.conversation = $2::uuid AND m.user_id = $1::uuid
  ORDER BY e.sequence ${order} LIMIT $4::integer`

/** The parts of a page's messages after one row of the reader, which only a member has. */
const withReader = (page: string): string => `
  ${messageParts(page)}
  UNION ALL
  SELECT 'reader', ${readableHead('m.visible', headOf('m.conversation'))}, ${noEvent}
  FROM ${members} m WHERE m.conversation = $2::uuid AND m.user_id = $1::uuid`

const older = preparedRows<MessagePart | ReaderRow>('timeline.older', withReader(pageOf('<', 'DESC')))
const newer = preparedRows<MessagePart | ReaderRow>('timeline.newer', withReader(pageOf('>', 'ASC')))

const visibleEvents = preparedRows<EventRow | ReadonlyArray<null>>('timeline.events', `
  SELECT ${eventColumns('e')}
  FROM ${members} m LEFT JOIN LATERAL (
    SELECT e.* FROM unnest(m.visible) AS span CROSS JOIN LATERAL (
      SELECT ${eventColumns('e')} FROM ${events} e
      WHERE e.conversation = m.conversation AND e.sequence >= $3::integer AND ${within('e.sequence', 'span')}
      ORDER BY e.sequence LIMIT $4::integer
    ) e ORDER BY e.sequence LIMIT $4::integer
  ) e ON true
  WHERE m.conversation = $2::uuid AND m.user_id = $1::uuid
  ORDER BY e.sequence`)

const missedEvents = preparedRows<EventRow>('timeline.missed', `
  SELECT ${eventColumns('e')}
  FROM ${members} m
  CROSS JOIN LATERAL (
    SELECT f.sequence FROM ${events} f WHERE f.conversation = m.conversation AND f.position > $2 COLLATE "C" ORDER BY f.position LIMIT 1
  ) first
  CROSS JOIN LATERAL unnest(m.visible) AS span
  CROSS JOIN LATERAL (
    SELECT ${eventColumns('e')} FROM ${events} e
    WHERE e.conversation = m.conversation AND e.sequence >= first.sequence AND ${within('e.sequence', 'span')}
    ORDER BY e.sequence LIMIT $3::integer
  ) e
  WHERE m.user_id = $1::uuid
  ORDER BY e.position LIMIT $3::integer`)

const eventsBetween = preparedRows<EventRow>('timeline.range', `
  SELECT ${eventColumns('e')} FROM ${events} e WHERE e.conversation = $1::uuid AND e.sequence BETWEEN $2::integer AND $3::integer ORDER BY e.sequence`)

const newestSequences = preparedRows<readonly [string, number | null]>('timeline.heads', `
  SELECT c, ${headOf('c')} FROM unnest($1::uuid[]) AS c`)

const isPart = (row: MessagePart | ReaderRow): row is MessagePart => row[0] !== 'reader'
const isEvent = (row: EventRow | ReadonlyArray<null>): row is EventRow => row[0] !== null

const messages = async (pool: pg.Pool, account: string, conversation: string, { olderThan, newerThan, limit }: PageOfMessages) => {
  const rows = newerThan === undefined
    ? await older(pool, [account, conversation, inRange(olderThan ?? NEWEST), limit])
    : await newer(pool, [account, conversation, inRange(newerThan), limit])
  const reader = rows.find((row): row is ReaderRow => row[0] === 'reader')
  if (reader === undefined) return O.none
  const ascending = messagesOf(rows.filter(isPart))
  return O.some({ messages: newerThan === undefined ? ascending.toReversed() : ascending, head: reader[1] })
}

/** The timeline as members may see it, by one statement an answer. */
export const postgresTimelineReader = (pool: pg.Pool): TimelineReader => ({
  messages: (account, conversation, page) => answering(() => messages(pool, account, conversation, page)),
  events: (account, conversation, from, limit) => answering(async () => {
    const rows = await visibleEvents(pool, [account, conversation, inRange(from), limit])
    return rows.length === 0 ? O.none : O.some(rows.filter(isEvent).map(eventOf))
  }),
  missed: (account, after, limit) =>
    answering(async () => (await missedEvents(pool, [account, after === 'start' ? BEFORE_ALL : after, limit])).map(eventOf)),
  range: (conversation, from, to) => answering(async () => (await eventsBetween(pool, [conversation, inRange(from), inRange(to)])).map(eventOf)),
  heads: (conversations) => answering(async () => {
    const rows = await newestSequences(pool, [conversations])
    return new Map(rows.flatMap(([conversation, head]) => (head === null ? [] : [[conversation, head] as const])))
  }),
})
