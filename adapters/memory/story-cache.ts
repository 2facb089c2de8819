import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { LRUCache } from 'lru-cache'
import { storyEnd } from '../../events/story-visibility.js'
import { systemClock, type Clock } from '../../platform/clock.js'
import type { StoredStory, StoryCache } from '../../read-side/stories/ports.js'

const KEPT_STORIES = 10_000

/** The story cache of one process: bounded, the least used go first. */
export const memoryStoryCache = (clock: Clock = systemClock): StoryCache => {
  const kept = new LRUCache<string, StoredStory>({ max: KEPT_STORIES })
  const isOver = (story: StoredStory): boolean => clock() >= storyEnd(story)
  return {
    find: (storyId) => TE.fromIO(() => {
      const story = kept.get(storyId)
      if (story === undefined || !isOver(story)) return O.fromNullable(story)
      kept.delete(storyId)
      return O.none
    }),
    keep: (story) => TE.fromIO(() => {
      if (!isOver(story)) kept.set(story.storyId, story)
    }),
  }
}
