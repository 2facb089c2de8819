import type { Announcer } from '../../projections/ports.js'
import type { FanOut } from '../../gateway/ports.js'
import { ignoreProblem } from '../problem.js'
import { redisAnnouncer } from './announcer.js'
import type { RedisOptions } from './connect.js'
import { redisListener } from './listener.js'

export interface RedisFanOutOptions extends RedisOptions {
  readonly partitions: number
}

export interface RedisFanOut extends Announcer, FanOut {
  /** Closes both connections; what waits to be sent is dropped. Idempotent. */
  readonly close: () => Promise<void>
}

/**
 * Fan-out between processes: one sharded channel a partition (SPUBLISH, SSUBSCRIBE). It connects for announcing when
 * the first batch is announced, for listening at the first `listen`, which resolves once Redis has confirmed the subscription.
 *
 * At most once: while Redis is away or slow, batches are dropped and nothing is sent twice. A listener sees it by the chain
 * (`after`, `through`), and is told a gap when its connection was replaced (after the new one is subscribed) or a message was unreadable.
 */
export const redisFanOut = ({ url, prefix, partitions, onProblem = ignoreProblem }: RedisFanOutOptions): RedisFanOut => {
  const channel = (partition: number): string => `${prefix}committed.${partition}`
  const announcer = redisAnnouncer(url, channel, onProblem)
  const listener = redisListener(url, Array.from({ length: partitions }, (_, partition) => channel(partition)), onProblem)
  return {
    announce: announcer.announce,
    listen: listener.listen,
    onGap: listener.onGap,
    close: async () => {
      announcer.close()
      listener.close()
    },
  }
}
