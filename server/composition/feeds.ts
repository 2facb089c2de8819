import * as E from 'fp-ts/lib/Either.js'
import { catchUpFeed } from '../../adapters/catch-up/feed.js'
import { memoryFanOut } from '../../adapters/memory/fan-out.js'
import type { OnProblem } from '../../adapters/problem.js'
import { forgetDeleted } from '../../command-side/index.js'
import type { KeyStore } from '../../events/key-store.js'
import type { FanOut } from '../../gateway/ports.js'
import type { Announcer, Feed } from '../../projections/index.js'
import type { Shutdown } from '../../platform/shutdown.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'

const kafkaOf = ({ kafkaBrokers, kafkaPrefix, kafkaPartitions, kafkaReplicas }: Settings) => ({
  connection: { brokers: kafkaBrokers },
  topic: { prefix: kafkaPrefix, partitions: kafkaPartitions, replicas: kafkaReplicas, minInSyncReplicas: Math.max(1, kafkaReplicas - 1) },
})

// Vendor SDKs are loaded where they are chosen: a process that uses none of them starts sooner.

/** The log as projections receive it, by the chosen adapter. */
export const openFeed = async (settings: Settings, { adapters, eventStore }: Foundation, onProblem: OnProblem): Promise<Feed> => {
  if (adapters.feed === 'catch-up') return catchUpFeed({ eventStore, partitions: settings.feedPartitions, onProblem })
  const { kafkaFeed } = await import('../../adapters/kafka/feed.js')
  return kafkaFeed({ ...kafkaOf(settings), onProblem })
}

/** Copies the log to Kafka until the process stops; nothing where projections read the log itself. */
export const relayLog = async (settings: Settings, { adapters, eventStore }: Foundation, onProblem: OnProblem, { onStop }: Shutdown): Promise<void> => {
  if (adapters.feed !== 'kafka') return
  const { startRelay } = await import('../../adapters/kafka/relay.js')
  onStop('relay', startRelay({ eventStore, ...kafkaOf(settings), onProblem }).stop)
}

/** How gateways hear of commits, by the chosen adapter. */
export const openFanOut = async (settings: Settings, { adapters }: Foundation, partitions: number, onProblem: OnProblem, { onStop }: Shutdown): Promise<Announcer & FanOut> => {
  if (adapters.fanOut === 'memory') return memoryFanOut(onProblem)
  const { redisFanOut } = await import('../../adapters/redis/fan-out.js')
  const fanOut = redisFanOut({ url: settings.redisUrl, prefix: settings.redisPrefix, partitions, onProblem })
  onStop('fan-out', fanOut.close)
  return fanOut
}

/**
 * The feed, whose every deletion is also forgotten before it is projected: a command side that died between its append
 * and destroying the key leaves nothing that opens. What cannot be forgotten now is given again.
 */
export const forgetting = (feed: Feed, keyStore: KeyStore): Feed => {
  const forget = forgetDeleted(keyStore)
  return {
    ...feed,
    consume: (options) =>
      feed.consume({
        ...options,
        handle: async (batch) => {
          const forgotten = await forget(batch.events)()
          if (E.isLeft(forgotten)) throw new Error(forgotten.left.reason)
          await options.handle(batch)
        },
      }),
  }
}
