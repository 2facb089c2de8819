import type pg from 'pg'
import type { Readers } from '../../read-side/ports.js'
import { postgresAccounts } from './accounts/model.js'
import { postgresAccountsReader } from './accounts/reader.js'
import { postgresAudienceModel } from './audience/model.js'
import { postgresAudienceReader } from './audience/reader.js'
import { postgresCommandReceiptsModel } from './command-receipts/model.js'
import { postgresInbox } from './inbox/model.js'
import { postgresInboxReader } from './inbox/reader.js'
import { postgresMembers } from './members/model.js'
import { postgresConversationsReader } from './members/reader.js'
import { postgresNotifications } from './notifications/model.js'
import { postgresNotificationsReader } from './notifications/reader.js'
import { postgresReadStates } from './read-states/model.js'
import { postgresStories } from './stories/model.js'
import { postgresStoriesReader } from './stories/reader.js'
import { postgresSearchReader } from './search/reader.js'
import { postgresTimeline } from './timeline/model.js'
import { postgresTimelineReader } from './timeline/reader.js'

/** The tables of every read model, by the names of their projections. */
export const postgresReadModels = {
  timeline: postgresTimeline,
  members: postgresMembers,
  inbox: postgresInbox,
  accounts: postgresAccounts,
  commandReceipts: postgresCommandReceiptsModel,
  readStates: postgresReadStates,
  audience: postgresAudienceModel,
  notifications: postgresNotifications,
  stories: postgresStories,
} as const

/** What the queries read from; needs every read model live in the same database. */
export const postgresReaders = (pool: pg.Pool): Readers => ({
  timeline: postgresTimelineReader(pool),
  conversations: postgresConversationsReader(pool),
  inbox: postgresInboxReader(pool),
  accounts: postgresAccountsReader(pool),
  audience: postgresAudienceReader(pool),
  notifications: postgresNotificationsReader(pool),
  search: postgresSearchReader(pool),
  stories: postgresStoriesReader(pool),
})
