import type { Redis } from 'ioredis'
import type { OnProblem } from '../problem.js'
import { connectRedis } from './connect.js'

/** A connection that died without a word is noticed by the answer that does not come. */
const PING_INTERVAL_MS = 2_000
const RESUBSCRIBE_AFTER_MS = 1_000

export interface Subscription {
  /** Connects at the first call; resolves once Redis has confirmed the subscription, or it is closed. */
  readonly begin: () => Promise<void>
  readonly close: () => void
}

interface Hearing {
  readonly message: (text: string) => void
  /** The connection was replaced, and the new one is subscribed: messages may have been missed. */
  readonly gap: () => void
}

/** Subscribes on each new connection; tells after each whether it replaced one. */
const keepSubscribed = (redis: Redis, channels: ReadonlyArray<string>, onProblem: OnProblem, subscribed: (isFirst: boolean) => void): void => {
  let isFirst = true
  redis.on('ready', () => {
    redis.ssubscribe(...channels).then(
      () => {
        subscribed(isFirst)
        isFirst = false
      },
      (error: unknown) => {
        onProblem({ where: 'fan-out', doing: 'subscribing', error })
        setTimeout(() => redis.disconnect(true), RESUBSCRIBE_AFTER_MS).unref()
      },
    )
  })
}

/** Sharded channels on a connection of their own, which comes back by itself. */
export const redisSubscription = (url: string, name: string, channels: ReadonlyArray<string>, onProblem: OnProblem, hearing: Hearing): Subscription => {
  let redis: Redis | undefined
  let pinging: NodeJS.Timeout | undefined
  let subscribed: Promise<void> | undefined
  let release: () => void = () => undefined

  const connect = (): Promise<void> => {
    const connection = (redis = connectRedis(url, name, onProblem))
    connection.on('smessage', (_channel: string, message: string) => hearing.message(message))
    pinging = setInterval(() => void connection.ping().catch(() => undefined), PING_INTERVAL_MS)
    return new Promise((resolve) => {
      release = resolve
      keepSubscribed(connection, channels, onProblem, (isFirst) => (isFirst ? resolve() : hearing.gap()))
    })
  }
  return {
    begin: () => (subscribed ??= connect()),
    close: () => {
      clearInterval(pinging)
      redis?.disconnect()
      release()
    },
  }
}
