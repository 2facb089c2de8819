import * as E from 'fp-ts/lib/Either.js'
import type { Redis } from 'ioredis'
import type { CommittedBatch } from '../../events/committed.js'
import type { FanOut } from '../../gateway/ports.js'
import { hearers } from '../fan-out/hearers.js'
import type { OnProblem } from '../problem.js'
import { decodeBatch } from './batch-codec.js'
import { connectRedis } from './connect.js'

/** A connection that died without a word is noticed by the answer that does not come. */
const PING_INTERVAL_MS = 2_000
const RESUBSCRIBE_AFTER_MS = 1_000

export interface RedisListener extends FanOut {
  readonly close: () => void
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

export const redisListener = (url: string, channels: ReadonlyArray<string>, onProblem: OnProblem): RedisListener => {
  const [batches, gaps] = [hearers<CommittedBatch>(onProblem), hearers<void>(onProblem)]
  let redis: Redis | undefined
  let pinging: NodeJS.Timeout | undefined
  let subscribed: Promise<void> | undefined
  let release: () => void = () => undefined

  const hear = (message: string): void => {
    const batch = decodeBatch(message)
    if (E.isRight(batch)) return batches.tell(batch.right)
    onProblem({ where: 'fan-out', doing: 'reading a message', error: batch.left })
    gaps.tell()
  }
  const connect = (): Promise<void> => {
    const connection = (redis = connectRedis(url, 'tidings-listener', onProblem))
    connection.on('smessage', (_channel: string, message: string) => hear(message))
    pinging = setInterval(() => void connection.ping().catch(() => undefined), PING_INTERVAL_MS)
    return new Promise((resolve) => {
      release = resolve
      keepSubscribed(connection, channels, onProblem, (isFirst) => (isFirst ? resolve() : gaps.tell()))
    })
  }
  return {
    listen: async (listener) => {
      const leave = batches.add(listener)
      await (subscribed ??= connect())
      return async () => leave()
    },
    onGap: (notice) => void gaps.add(notice),
    close: () => {
      clearInterval(pinging)
      redis?.disconnect()
      release()
    },
  }
}
