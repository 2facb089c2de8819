import type { Redis } from 'ioredis'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { Id } from '../../events/ids.js'
import { closed, Sequence } from '../../events/schemas/common.js'
import { serverFrames } from '../../events/wire/frames.js'
import type { Signal, Signals } from '../../gateway/ports.js'
import { hearers } from '../fan-out/hearers.js'
import { ignoreProblem } from '../problem.js'
import { connectRedis, type RedisOptions } from './connect.js'
import { redisSubscription } from './subscription.js'

const SIGNALS_PER_MESSAGE = 500
/** Messages that Redis has not answered; more are dropped. */
const UNANSWERED_MESSAGES = 100

export interface RedisSignals extends Signals {
  /** Closes both connections. Idempotent. */
  readonly close: () => Promise<void>
}

const Message = Compile(Type.Array(Type.Union([
  serverFrames.typing,
  closed({ type: Type.Literal('delivered'), conversation: Id, userId: Id, after: Type.Integer({ minimum: -1 }), through: Sequence }),
  closed({ type: Type.Literal('presence'), userId: Id }),
])))

const signalsIn = (message: string): ReadonlyArray<Signal> | undefined => {
  try {
    const signals: unknown = JSON.parse(message)
    return Message.Check(signals) ? signals : undefined
  } catch {
    return undefined
  }
}

const publisher = (redis: Redis, channel: string) => {
  let unanswered = 0
  // ioredis never settles what was unanswered on a lost connection.
  redis.on('close', () => { unanswered = 0 })
  return (signals: ReadonlyArray<Signal>): void => {
    if (redis.status !== 'ready' || unanswered >= UNANSWERED_MESSAGES) return
    unanswered += 1
    const answered = () => { unanswered = Math.max(0, unanswered - 1) }
    redis.spublish(channel, JSON.stringify(signals)).then(answered, answered)
  }
}

/**
 * Signals between processes: one sharded channel. It connects for publishing and listening at the first `listen`, which resolves
 * once Redis has confirmed the subscription. While Redis is away or slow signals are dropped.
 */
export const redisSignals = ({ url, prefix, onProblem = ignoreProblem }: RedisOptions): RedisSignals => {
  const channel = `${prefix}signals`
  const heard = hearers<ReadonlyArray<Signal>>(onProblem)
  let redis: Redis | undefined
  let publish: ReturnType<typeof publisher> | undefined

  const message = (text: string): void => {
    const signals = signalsIn(text)
    if (signals === undefined) onProblem({ where: 'fan-out', doing: 'reading signals', error: new Error('not in the layout of this release') })
    else heard.tell(signals)
  }
  const subscription = redisSubscription(url, 'tidings-signals-listener', [channel], onProblem, { message, gap: () => undefined })
  return {
    publish: (signals) => {
      for (let at = 0; at < signals.length; at += SIGNALS_PER_MESSAGE) publish?.(signals.slice(at, at + SIGNALS_PER_MESSAGE))
    },
    listen: async (hear) => {
      const leave = heard.add(hear)
      publish ??= publisher((redis = connectRedis(url, 'tidings-signals', onProblem)), channel)
      await subscription.begin()
      return async () => leave()
    },
    close: async () => {
      redis?.disconnect()
      subscription.close()
    },
  }
}
