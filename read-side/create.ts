import { accountQueries } from './account/queries.js'
import { audienceQueries } from './audience/queries.js'
import { conversationQueries } from './conversation/queries.js'
import type { ReadSideDependencies } from './dependencies.js'
import { inboxQuery } from './inbox/query.js'
import type { ReadSide } from './index.js'
import { notificationQueries } from './notifications/queries.js'
import { sessionQueries } from './sessions/queries.js'
import { timelineQueries } from './timeline/queries.js'

export type { ReadSideDependencies } from './dependencies.js'

/** The queries over what the read models hold. Contents are opened here, by one look-up of keys an answer. */
export const createReadSide = (dependencies: ReadSideDependencies): ReadSide => ({
  ...inboxQuery(dependencies),
  ...timelineQueries(dependencies),
  ...conversationQueries(dependencies),
  ...accountQueries(dependencies),
  ...audienceQueries(dependencies),
  ...notificationQueries(dependencies),
  ...sessionQueries(dependencies),
})
