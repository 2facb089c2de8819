import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ChainableCommander, Redis } from 'ioredis'
import type { PresenceStore, PresenceUnavailable } from '../../gateway/ports.js'
import { withinTime } from '../../platform/within-time.js'
import { ignoreProblem } from '../problem.js'
import { connectRedis, type RedisOptions } from './connect.js'

/** How long it is known when an account was seen last. */
const LAST_SEEN_KEPT_MS = 30 * 86_400_000
/** Gateways that are remembered for an account: those that said the latest times. */
const GATEWAYS_KEPT = 8
const ANSWER_WITHIN_MS = 2_000
const RETRY_AFTER_MS = 1_000
const ACCOUNTS_AT_ONCE = 500

export interface RedisPresenceStore extends PresenceStore {
  readonly close: () => Promise<void>
}

type Answers = ReadonlyArray<readonly [error: Error | null, answer: unknown]>

/** Runs the commands of a pipeline, for so many accounts at once. */
const inPipelines = async (redis: Redis, accounts: ReadonlyArray<string>, add: (pipeline: ChainableCommander, account: string) => void): Promise<Answers> => {
  const answers: Array<Answers[number]> = []
  for (let at = 0; at < accounts.length; at += ACCOUNTS_AT_ONCE) {
    const pipeline = redis.pipeline()
    for (const account of accounts.slice(at, at + ACCOUNTS_AT_ONCE)) add(pipeline, account)
    for (const answer of (await withinTime(pipeline.exec(), ANSWER_WITHIN_MS)) ?? []) {
      if (answer[0] !== null) throw answer[0]
      answers.push(answer)
    }
  }
  return answers
}

/**
 * Presence between processes: a sorted set per account, gateways by the time they said, so that the last one is the answer.
 * What a gateway said before it died runs out by its own time; the key goes 30 days later.
 */
export const redisPresenceStore = ({ url, prefix, onProblem = ignoreProblem }: RedisOptions): RedisPresenceStore => {
  const keyOf = (account: string): string => `${prefix}presence.${account}`
  let redis: Redis | undefined
  const connected = (): Redis => (redis ??= connectRedis(url, 'tidings-presence', onProblem))
  const answering = <A>(ask: (redis: Redis) => Promise<A>): TE.TaskEither<PresenceUnavailable, A> =>
    TE.tryCatch(() => ask(connected()), (error) => ({
      _tag: 'PresenceUnavailable', retryAfterMs: RETRY_AFTER_MS, reason: error instanceof Error ? error.message : String(error),
    }))
  return {
    say: (gateway, accounts, until) => answering(async (on) => {
      await inPipelines(on, accounts, (pipeline, account) => {
        const key = keyOf(account)
        pipeline.zadd(key, until, gateway).zremrangebyrank(key, 0, -GATEWAYS_KEPT - 1).pexpireat(key, until + LAST_SEEN_KEPT_MS)
      })
    }),
    until: (accounts) => answering(async (on) => {
      const answers = await inPipelines(on, accounts, (pipeline, account) => { pipeline.zrange(keyOf(account), '0', '0', 'REV', 'WITHSCORES') })
      return new Map(accounts.flatMap((account, at) => {
        const score = (answers[at]?.[1] as ReadonlyArray<string> | undefined)?.[1]
        return score === undefined ? [] : [[account, Number(score)] as const]
      }))
    }),
    close: async () => { redis?.disconnect() },
  }
}
