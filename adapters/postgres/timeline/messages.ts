import { liveSchema } from '../read-model.js'
import { timelineModel } from '../../../projections/timeline/writes.js'
import { eventColumns } from './rows.js'

export const timelineSchema = liveSchema(timelineModel)

/**
 * `MessagePart` rows of the messages that `page` names: a query of conversation, sequence and `visible`, the sequences
 * whose events may tell. Of each aspect the last visible change counts, and is given where it stands.
 */
export const messageParts = (page: string): string => `
  WITH page AS MATERIALIZED (${page}),
  latest AS (
    SELECT DISTINCT ON (c.conversation, c.target, c.aspect, c.user_id, c.reaction) c.*
    FROM page p JOIN ${timelineSchema}.changes c ON c.conversation = p.conversation AND c.target = p.sequence AND p.visible @> c.sequence
    ORDER BY c.conversation, c.target, c.aspect, c.user_id, c.reaction, c.sequence DESC
  )
  SELECT 'sent', p.sequence, ${eventColumns('e')}
  FROM page p JOIN ${timelineSchema}.events e USING (conversation, sequence)
  UNION ALL
  SELECT l.aspect, l.target, ${eventColumns('e')}
  FROM latest l JOIN ${timelineSchema}.events e USING (conversation, sequence)
  WHERE l.stands`
