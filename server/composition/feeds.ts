import * as E from 'fp-ts/lib/Either.js'
import { catchUpFeed } from '../../adapters/catch-up/feed.js'
import { kafkaFeed } from '../../adapters/kafka/feed.js'
import { startRelay } from '../../adapters/kafka/relay.js'
import { memoryFanOut } from '../../adapters/memory/fan-out.js'
import type { OnProblem } from '../../adapters/problem.js'
import { redisFanOut } from '../../adapters/redis/fan-out.js'
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

/** The log as projections receive it, by the chosen adapter. */
export const openFeed = (settings: Settings, { adapters, eventStore }: Foundation, onProblem: OnProblem): Feed =>
  adapters.feed === 'kafka'
    ? kafkaFeed({ ...kafkaOf(settings), onProblem })
    : catchUpFeed({ eventStore, partitions: settings.feedPartitions, onProblem })

/** Copies the log to Kafka until the process stops; nothing where projections read the log itself. */
export const relayLog = (settings: Settings, { adapters, eventStore }: Foundation, onProblem: OnProblem, { onStop }: Shutdown): void => {
  if (adapters.feed === 'kafka') onStop('relay', startRelay({ eventStore, ...kafkaOf(settings), onProblem }).stop)
}

/** How gateways hear of commits, by the chosen adapter. */
export const openFanOut = (settings: Settings, { adapters }: Foundation, partitions: number, onProblem: OnProblem, { onStop }: Shutdown): Announcer & FanOut => {
  if (adapters.fanOut === 'memory') return memoryFanOut(onProblem)
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
