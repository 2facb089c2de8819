import { memoryAccounts } from './read-models/accounts.js'
import { memoryAudienceModel } from './read-models/audience.js'
import { memoryCommandReceiptsModel } from './read-models/command-receipts.js'
import { memoryInbox } from './read-models/inbox.js'
import { memoryMembers } from './read-models/members.js'
import { memoryNotifications } from './read-models/notifications.js'
import { memoryReadStates } from './read-models/read-states.js'
import { memoryStories } from './read-models/stories.js'
import { memoryTimeline } from './read-models/timeline.js'

/** Empty tables of every read model, by the names of their projections. */
export const memoryReadModels = () => ({
  timeline: memoryTimeline(),
  members: memoryMembers(),
  inbox: memoryInbox(),
  accounts: memoryAccounts(),
  commandReceipts: memoryCommandReceiptsModel(),
  readStates: memoryReadStates(),
  audience: memoryAudienceModel(),
  notifications: memoryNotifications(),
  stories: memoryStories(),
})
