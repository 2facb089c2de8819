import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { memoryStories } from '../../../adapters/memory/read-models/stories.js'
import { memoryStoriesReader } from '../../../adapters/memory/read-models/stories-reader.js'
import { cachedStories } from '../../../adapters/story-cache/cached-stories.js'
import { limits } from '../../../events/limits.js'
import { storiesStream } from '../../../events/streams.js'
import type { StoredStory, StoriesReader, StoryCache } from '../../../read-side/stories/ports.js'
import { recordedEvent } from '../../support/projection-specification.js'

/** A story that was posted at this time. */
export const storyPostedAt = (postedAt: number): StoredStory => {
  const [storyId, author] = [uuidv7(), uuidv7()]
  const posted = recordedEvent(storiesStream(author), 3, { type: 'StoryPosted', data: { storyId, tier: 'followers', unit: storyId, digest: 'd'.repeat(43) } })
  return { storyId, author, tier: 'followers', postedAt, ended: false, posted: { ...posted, sealed: new Uint8Array([0, 255, 7]) } }
}

export const found = async (cache: Pick<StoryCache, 'find'>, storyId: string): Promise<StoredStory | undefined> => {
  const answer = await cache.find(storyId)()
  if (E.isLeft(answer)) throw new Error(answer.left.reason)
  return O.toUndefined(answer.right)
}

const HOUR_MS = 3_600_000

/** What every story cache holds. `now` is the clock that it goes by. */
export const storyCacheContract = (name: string, open: () => Promise<{ readonly cache: StoryCache; readonly close: () => Promise<void> }>): void => {
  describe(`the story cache contract, ${name}`, () => {
    const within = (work: (cache: StoryCache) => Promise<void>) => async () => {
      const { cache, close } = await open()
      try {
        await work(cache)
      } finally {
        await close()
      }
    }

    it('gives back what was kept, byte by byte, and nothing else', within(async (cache) => {
      const story = storyPostedAt(Date.now())
      expect(await found(cache, story.storyId)).toBeUndefined()
      for (const time of ['once', 'again']) expect(E.isRight(await cache.keep(story)()), time).toBe(true)
      const kept = await found(cache, story.storyId)
      expect(kept && { ...kept, posted: { ...kept.posted, data: [...kept.posted.data], metadata: [...kept.posted.metadata], sealed: [...(kept.posted.sealed ?? [])] } })
        .toEqual({ ...story, posted: { ...story.posted, data: [...story.posted.data], metadata: [...story.posted.metadata], sealed: [0, 255, 7] } })
      expect(await found(cache, uuidv7())).toBeUndefined()
    }))

    it('T8: a story that is over is not kept', within(async (cache) => {
      // In the millisecond of its end Redis still has it: nobody sees it all the same, for the visibility function has the clock (T1).
      const over = storyPostedAt(Date.now() - limits.storyLifetimeMs - 10)
      await cache.keep(over)()
      expect(await found(cache, over.storyId)).toBeUndefined()
    }))

    it('T8: a 23 h old story is kept, whenever it is read and kept again', within(async (cache) => {
      const old = storyPostedAt(Date.now() - 23 * HOUR_MS)
      for (const time of ['once', 'again']) {
        await cache.keep(old)()
        expect(await found(cache, old.storyId), time).toBeDefined()
      }
    }))

    it('P5: in front of the stories it changes no answer, and spares the second look', within(async (cache) => {
      const story = storyPostedAt(Date.now())
      let asked = 0
      const reader: StoriesReader = { ...memoryStoriesReader(memoryStories()), find: (storyId) => { asked += 1; return TE.right(storyId === story.storyId ? O.some(story) : O.none) } }
      const through = cachedStories(reader, cache)
      expect((await found(through, story.storyId))?.storyId).toBe(story.storyId)
      await expect.poll(async () => (await found(cache, story.storyId))?.storyId).toBe(story.storyId)
      expect((await found(through, story.storyId))?.storyId).toBe(story.storyId)
      expect(asked).toBe(1)
      for (const absent of [uuidv7(), uuidv7()]) expect(await found(through, absent)).toBeUndefined()
      expect(asked, 'absence is not kept').toBe(3)
      const away = cachedStories(reader, { find: () => TE.left({ _tag: 'Unavailable', retryAfterMs: 1, reason: 'away' }), keep: () => TE.left({ _tag: 'Unavailable', retryAfterMs: 1, reason: 'away' }) })
      expect((await found(away, story.storyId))?.storyId).toBe(story.storyId)
    }))
  })
}
