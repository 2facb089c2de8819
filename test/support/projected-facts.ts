import * as E from 'fp-ts/lib/Either.js'
import type { MemoryLog } from '../../adapters/memory/log.js'
import { memoryCommandReceipts, memoryCommandReceiptsModel } from '../../adapters/memory/read-models/command-receipts.js'
import { memoryMessageFacts } from '../../adapters/memory/read-models/message-facts.js'
import { memoryTimeline } from '../../adapters/memory/read-models/timeline.js'
import { decode } from '../../events/codec.js'
import { commandReceiptsProjection } from '../../projections/command-receipts/project.js'
import { timelineProjection } from '../../projections/timeline/project.js'

/** The projections that commands refer to, over a log in memory. They stand still until told how far to come. */
export const projectedFacts = (log: MemoryLog) => {
  const [timeline, receipts] = [memoryTimeline(), memoryCommandReceiptsModel()]
  let done = 0
  return {
    messageFacts: memoryMessageFacts(timeline),
    commandReceipts: memoryCommandReceipts(receipts),
    /** Projects all but the latest `lag` events. */
    comeUp: (lag: number): void => {
      for (; done < log.events.length - lag; done += 1) {
        const recorded = log.events[done]
        const event = recorded === undefined ? undefined : decode(recorded)
        if (recorded === undefined || event === undefined || E.isLeft(event) || !recorded.stream.startsWith('conversation-')) continue
        const projected = { event: event.right, recorded, content: undefined }
        timeline.apply(timelineProjection.project(projected))
        receipts.apply(commandReceiptsProjection.project(projected))
      }
    },
  }
}
