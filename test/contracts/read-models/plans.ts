import { uuidv7 } from 'uuidv7'
import { expect, it } from 'vitest'
import { postgresAudience } from '../../../adapters/postgres/audience/audience.js'
import { postgresLastSeenRule } from '../../../adapters/postgres/audience/last-seen.js'
import { postgresCommandReceipts } from '../../../adapters/postgres/command-receipts/command-receipts.js'
import { postgresPool } from '../../../adapters/postgres/pool.js'
import { postgresReaders } from '../../../adapters/postgres/read-models.js'
import { postgresMessageFacts } from '../../../adapters/postgres/timeline/message-facts.js'
import type { Position } from '../../../events/event-store.js'
import { conversationStream } from '../../../events/streams.js'
import type { openPostgresReadModels } from './postgres.js'
import { answer } from './subject.js'

/** 200 conversations of 100 events and 20 members each, and 7,800 small ones. */
const filled = `
  CREATE TEMP TABLE c AS SELECT gen_random_uuid() AS conversation, n FROM generate_series(1, 200) n;
  INSERT INTO timeline_v1.events SELECT conversation, s, lpad((n * 100 + s)::text, 20, '0'), gen_random_uuid(), 'MessageSent', 1,
    gen_random_uuid(), gen_random_uuid(), repeat('d', 200)::bytea, repeat('m', 250)::bytea, repeat('s', 200)::bytea FROM c, generate_series(0, 99) s;
  INSERT INTO timeline_v1.changes SELECT conversation, s, s + 1, CASE s % 4 WHEN 0 THEN 'pin' ELSE 'content' END, NULL, NULL, true FROM c, generate_series(0, 98, 3) s;
  INSERT INTO c SELECT gen_random_uuid(), n FROM generate_series(201, 8000) n;
  INSERT INTO members_v1.conversations SELECT conversation, 'group', 'readable', 'shared' FROM c;
  INSERT INTO members_v1.members SELECT conversation, md5((n * 7 + s)::text)::uuid, 'member', s, '{[0,)}', '0', 0, s FROM c, generate_series(1, 20) s WHERE n <= 200;
  INSERT INTO inbox_v1.conversations SELECT conversation, 99, 99, lpad(n::text, 20, '0'), 0 FROM c;
  INSERT INTO inbox_v1.names SELECT conversation, s FROM c, generate_series(0, 40) s WHERE n <= 200;
  INSERT INTO read_states_v1.markers SELECT conversation, user_id, 1 FROM members_v1.members;
  INSERT INTO command_receipts_v1.receipts SELECT conversation, gen_random_uuid(), s, s, s FROM c, generate_series(0, 99) s WHERE n <= 200;
  INSERT INTO command_receipts_v1.heads SELECT conversation, 99 FROM c;
  INSERT INTO accounts_v1.profiles SELECT gen_random_uuid(), 0, md5(n::text), '0', gen_random_uuid(), '', 1, '', '', '' FROM generate_series(1, 5000) n;
  INSERT INTO accounts_v1.devices SELECT user_id, gen_random_uuid(), 0, false, 1 FROM accounts_v1.profiles;
  INSERT INTO audience_v1.follows SELECT p.user_id, q.user_id, true, 1, lpad(row_number() OVER ()::text, 20, '0')
    FROM (SELECT * FROM accounts_v1.profiles LIMIT 500) p, (SELECT * FROM accounts_v1.profiles LIMIT 40) q;
  INSERT INTO audience_v1.close_friends SELECT * FROM audience_v1.follows;
  INSERT INTO audience_v1.blocks SELECT * FROM audience_v1.follows;
  INSERT INTO audience_v1.hidden SELECT * FROM audience_v1.follows;
  INSERT INTO audience_v1.muted SELECT * FROM audience_v1.follows;
  INSERT INTO audience_v1.notifications SELECT user_id, 'reply', false, 1 FROM accounts_v1.profiles;
  INSERT INTO audience_v1.last_seen SELECT user_id, 'nobody', 1 FROM accounts_v1.profiles;
  INSERT INTO notifications_v1.notices (account, position, id, kind, actor, at, conversation, sequence, message_id, reaction)
    SELECT user_id, lpad(s::text, 20, '0'), gen_random_uuid(), 'mention', 'x', 0, gen_random_uuid(), s, gen_random_uuid(), gen_random_uuid() FROM accounts_v1.profiles, generate_series(1, 20) s;
  INSERT INTO notifications_v1.withdrawn SELECT gen_random_uuid(), '0' FROM generate_series(1, 20000) s;
  INSERT INTO notifications_v1.silences SELECT user_id, 'kind', 'mention', lpad(s::text, 20, '0'), s % 2 = 0 FROM accounts_v1.profiles, generate_series(1, 4) s;
  INSERT INTO notifications_v1.marks SELECT user_id, '0', '0' FROM accounts_v1.profiles;
  INSERT INTO stories_v1.stories SELECT gen_random_uuid(), user_id, 'public', s, s, '0', gen_random_uuid(), 1, '', '', '' FROM accounts_v1.profiles, generate_series(1, 2) s;
  INSERT INTO stories_v1.ended SELECT gen_random_uuid() FROM generate_series(1, 20000) s;
  INSERT INTO stories_v1.views SELECT story_id, md5(story_id::text || s)::uuid, 0, lpad(s::text, 20, '0') FROM stories_v1.stories, generate_series(1, 2) s;
  INSERT INTO stories_v1.reactions SELECT story_id, viewer, 1 FROM stories_v1.views;
  INSERT INTO stories_v1.inspections SELECT story_id, gen_random_uuid(), 0, '' FROM stories_v1.stories;
  ANALYZE`

/** Longer than any pool of ours waits: a busy machine fills slowly. */
const FILL_STATEMENT_MS = 120_000

const fill = async (url: string): Promise<void> => {
  const pool = postgresPool({ url, connections: 1, statementTimeoutMs: FILL_STATEMENT_MS })
  try {
    for (const statement of filled.split(';')) await pool.query(statement)
  } finally {
    await pool.end()
  }
}

export const plansOfQueries = (open: typeof openPostgresReadModels): void => {
  it('no query scans a table that grows with the log, by the plan that serves every parameter', async () => {
    const models = await open()
    const pool = postgresPool({ url: models.url, connections: 1 })
    try {
      await fill(models.url)
      const { timeline, conversations, inbox, accounts, audience, notifications, stories } = postgresReaders(pool)
      const [facts, receipts, account, conversation] = [postgresMessageFacts(pool), postgresCommandReceipts(pool), uuidv7(), uuidv7()]
      await pool.query('SET plan_cache_mode = force_generic_plan')
      await answer(timeline.messages(account, conversation, { limit: 50 }))
      await answer(timeline.messages(account, conversation, { newerThan: 0, limit: 50 }))
      await answer(timeline.events(account, conversation, 0, 50))
      await answer(timeline.missed(account, 'start' as Position, 50))
      await answer(timeline.range(conversation, 0, 50))
      await answer(timeline.heads([conversation]))
      await answer(conversations.memberships(account))
      await answer(conversations.find(account, conversation))
      await answer(conversations.readStates(account, conversation))
      await answer(inbox.page(account, { before: undefined, limit: 50, countAtMost: 999 }))
      await answer(accounts.find([account]))
      await answer(accounts.byHandle('x'))
      await answer(accounts.withDevices(account))
      await answer(postgresAudience(pool).relations(account, [conversation]))
      await answer(postgresAudience(pool).authorsFor(account, 50))
      await answer(postgresLastSeenRule(pool).mayKnow([{ viewer: account, account: conversation }]))
      for (const list of ['following', 'followers', 'closeFriends', 'blocked', 'hiddenFrom', 'muted'] as const) await answer(audience.listed(account, list, { before: undefined, limit: 50 }))
      await answer(audience.settings(account))
      await answer(notifications.toldStories(account, 0, 50))
      await answer(notifications.page(account, { before: undefined, stories: [account], limit: 50 }))
      await answer(notifications.missed(account, { after: { position: 'start' }, stories: [account], limit: 50 }))
      await answer(notifications.pick([account]))
      await answer(notifications.unread(account, [account], 999))
      await answer(stories.newest([account], 0, 50))
      await answer(stories.ofAuthor(account, 0, 50))
      await answer(stories.find(account))
      await answer(stories.marks(account, [conversation]))
      await answer(stories.counts([account]))
      await answer(stories.viewers(account, { before: undefined, limit: 50 }))
      await answer(stories.inspections(account, 50))
      const { rows: [edited] } = await models.pool.query<{ conversation: string; target: number }>("SELECT conversation, target FROM timeline_v1.changes WHERE aspect = 'content' LIMIT 1")
      // Its bytes are made up, so it cannot be read; what was asked for it can be explained.
      await facts.bySequence(edited?.conversation ?? '', edited?.target ?? 0)().catch(() => undefined)
      await answer(facts.bySequence(conversation, 1))
      await answer(facts.byMessageId(conversation, account))
      await answer(receipts.find(conversationStream(conversation), account, 1))
      const { rows } = await pool.query<{ name: string; parameters: number }>(
        'SELECT name, cardinality(parameter_types) AS parameters FROM pg_prepared_statements WHERE NOT from_sql ORDER BY name')
      expect(rows).toHaveLength(39)
      for (const { name, parameters } of rows) {
        const plan = await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE "${name}" (${Array.from({ length: parameters }, () => 'NULL').join(', ')})`)
        expect(plan.rows.map((row) => row['QUERY PLAN']).filter((line) => line.includes('Seq Scan')), name).toEqual([])
      }
    } finally {
      await pool.end()
      await models.close()
    }
  }, FILL_STATEMENT_MS)
}
