import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { Tier } from '../../events/schemas/stories.js'
import { storyEnd } from '../../events/story-visibility.js'
import type { StoredStory, StoryCache } from '../../read-side/stories/ports.js'
import { ignoreProblem } from '../problem.js'
import { connectRedis, type RedisOptions } from './connect.js'
import { eventFields, eventOfFields, isEventFields } from './event-fields.js'

/** A reader goes to the database after so long. */
const ANSWER_TIMEOUT_MS = 20
const RETRY_AFTER_MS = 100

export interface RedisStoryCacheOptions extends RedisOptions {
  /** How long an answer may take (20). */
  readonly limitMs?: number
}

export interface RedisStoryCache extends StoryCache {
  /** Idempotent. */
  readonly close: () => Promise<void>
}

// Processes of different releases share the keys: what is not in this layout is not there.
const Kept = Compile(Type.Tuple([Type.Literal(1), Type.String(), Type.String(), Tier, Type.Integer(), Type.Unknown()]))

const textOf = ({ storyId, author, tier, postedAt, posted }: StoredStory): string => JSON.stringify([1, storyId, author, tier, postedAt, eventFields(posted)])

const storyOf = (text: string): StoredStory | undefined => {
  const kept: unknown = JSON.parse(text)
  if (!Kept.Check(kept)) return undefined
  const [, storyId, author, tier, postedAt, event] = kept
  return isEventFields(event) ? { storyId, author, tier, postedAt, ended: false, posted: eventOfFields(event) } : undefined
}

/** The story cache that all processes share: each story under a key that Redis drops at the story's end. It connects at once. */
export const redisStoryCache = ({ url, prefix, onProblem = ignoreProblem, limitMs = ANSWER_TIMEOUT_MS }: RedisStoryCacheOptions): RedisStoryCache => {
  const redis = connectRedis(url, 'tidings-story-cache', ({ doing, error }) => onProblem({ where: 'story-cache', doing, error }), limitMs)
  const keyOf = (storyId: string): string => `${prefix}story.${storyId}`
  const asking = <A>(ask: () => Promise<A>) => TE.tryCatch(ask, (error) =>
    ({ _tag: 'Unavailable' as const, retryAfterMs: RETRY_AFTER_MS, reason: error instanceof Error ? error.message : String(error) }))
  return {
    find: (storyId) => asking(async () => {
      const text = await redis.get(keyOf(storyId))
      return text === null ? O.none : O.fromNullable(storyOf(text))
    }),
    // Value and absolute end by one command: PEXPIREAT's own time, never one from the time of keeping.
    keep: (story) => asking(async () => { await redis.set(keyOf(story.storyId), textOf(story), 'PXAT', storyEnd(story)) }),
    close: async () => { redis.disconnect() },
  }
}
