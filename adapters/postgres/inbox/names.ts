import { inboxModel } from '../../../projections/inbox/writes.js'
import { liveSchema } from '../read-model.js'
import { timelineSchema } from '../timeline/messages.js'
import { eventColumns } from '../timeline/rows.js'

export const inboxSchema = liveSchema(inboxModel)

/** The event that named the conversation last, up to a sequence. */
export const nameUpTo = (conversation: string, head: string): string => `
  (SELECT ${eventColumns('e')} FROM ${inboxSchema}.names n JOIN ${timelineSchema}.events e USING (conversation, sequence)
   WHERE n.conversation = ${conversation} AND n.sequence <= ${head} ORDER BY n.sequence DESC LIMIT 1)`
