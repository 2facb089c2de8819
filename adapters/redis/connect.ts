import { Redis } from 'ioredis'
import type { OnProblem } from '../problem.js'

const CONNECT_TIMEOUT_MS = 2_000
/** A server that does not answer a command this long is taken for lost. */
const ANSWER_TIMEOUT_MS = 5_000
const FIRST_RETRY_MS = 25
const LONGEST_RETRY_MS = 1_000

/** What everything over Redis is told. */
export interface RedisOptions {
  /** Redis 7 or later. */
  readonly url: string
  /** Put before the names of keys and channels. */
  readonly prefix: string
  readonly onProblem?: OnProblem
}

/**
 * A connection that comes back by itself. Commands are refused while it is away, and never sent again on the next one: what is
 * announced is announced at most once. With `commandTimeoutMs` a command that has no answer by then is refused too.
 */
export const connectRedis = (url: string, name: string, onProblem: OnProblem, commandTimeoutMs?: number): Redis => {
  const redis = new Redis(url, {
    connectionName: name,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: ANSWER_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 10), LONGEST_RETRY_MS),
    maxRetriesPerRequest: null,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    ...(commandTimeoutMs === undefined ? {} : { commandTimeout: commandTimeoutMs }),
  })
  return redis.on('error', (error) => onProblem({ where: 'fan-out', doing: `keeping the connection ${name}`, error }))
}
