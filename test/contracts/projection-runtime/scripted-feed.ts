import type { Position } from '../../../events/event-store.js'
import type { Feed, FeedBatch } from '../../../projections/ports.js'
import { until } from '../../support/until.js'

type Consumer = Parameters<Feed['consume']>[0]

export interface ScriptedFeed {
  readonly feed: Feed
  /** Hands a batch to the consumer, as often as the test likes. */
  readonly give: (batch: Omit<FeedBatch, 'partition' | 'caughtUp'>) => Promise<void>
  readonly resumedAfter: () => ReadonlyArray<Position | 'start'>
}

/** A feed of one partition that delivers what a test says: repeated, late, after a crash. */
export const scriptedFeed = (): ScriptedFeed => {
  let consumer: Consumer | undefined
  const resumed: (Position | 'start')[] = []
  const consume = async (options: Consumer): Promise<void> => {
    resumed.push(await options.resumeAfter(0))
    consumer = options
    await new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve()))
    consumer = undefined
  }
  const give: ScriptedFeed['give'] = async (batch) => {
    await until(() => consumer !== undefined)
    await consumer?.handle({ partition: 0, caughtUp: false, ...batch })
  }
  return { feed: { partitions: 1, partitionOf: () => 0, consume }, give, resumedAfter: () => resumed }
}
