import type { Redis } from 'ioredis'
import type { Announcer } from '../../projections/ports.js'
import type { OnProblem } from '../problem.js'
import { encodeBatch } from './batch-codec.js'
import { connectRedis } from './connect.js'

/** Larger batches leave as several messages: a listener that lags is cut off by Redis at 8 to 32 MiB (client-output-buffer-limit pubsub). */
const MESSAGE_CHARACTERS = 256 * 1024
/** What may wait for Redis or for its answer; batches beyond it are dropped. */
const WAITING_CHARACTERS = 8 * 1024 * 1024

export interface RedisAnnouncer extends Announcer {
  readonly close: () => void
}

interface Message {
  readonly channel: string
  readonly text: string
}

/** Publishes on one connection. What was on its way when it was lost is not sent again, for nobody knows whether it arrived. */
const publisher = (redis: Redis) => {
  let waiting: Message[] = []
  let characters = 0
  let connection = {}

  const publish = ({ channel, text }: Message): void => {
    const mine = connection
    const answered = () => { if (mine === connection) characters -= text.length }
    redis.spublish(channel, text).then(answered, answered)
  }
  redis.on('ready', () => {
    const ready = waiting
    waiting = []
    ready.forEach(publish)
  })
  // ioredis never settles what was unanswered on a lost connection.
  redis.on('close', () => {
    connection = {}
    characters = waiting.reduce((sum, { text }) => sum + text.length, 0)
  })
  const send = (messages: ReadonlyArray<Message>): boolean => {
    const more = messages.reduce((sum, { text }) => sum + text.length, 0)
    if (characters > 0 && characters + more > WAITING_CHARACTERS) return false
    characters += more
    if (redis.status === 'ready') messages.forEach(publish)
    else waiting.push(...messages)
    return true
  }
  return { send }
}

export const redisAnnouncer = (url: string, channel: (partition: number) => string, onProblem: OnProblem): RedisAnnouncer => {
  let redis: Redis | undefined
  let send: ReturnType<typeof publisher>['send'] | undefined
  let closed = false

  const connected = () => {
    redis = connectRedis(url, 'tidings-announcer', onProblem)
    return publisher(redis).send
  }
  return {
    announce: (batch) => {
      if (closed) return
      send ??= connected()
      const messages = encodeBatch(batch, MESSAGE_CHARACTERS).map((text) => ({ channel: channel(batch.partition), text }))
      if (!send(messages)) onProblem({ where: 'fan-out', doing: 'announcing a batch', error: new Error('dropped: too much waits for Redis') })
    },
    close: () => {
      closed = true
      redis?.disconnect()
    },
  }
}
