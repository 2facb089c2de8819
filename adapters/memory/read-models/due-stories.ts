import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DueStories } from '../../../command-side/ports.js'
import { storyEnd } from '../../../events/story-visibility.js'
import { inTime, type MemoryStories } from './stories.js'

/** Of the stories that are projected and have not ended. */
export const memoryDueStories = ({ tables }: MemoryStories): DueStories => ({
  due: (now, limit, after) =>
    TE.fromIO(() =>
      [...tables.current().stories.values()]
        .filter((story) => storyEnd(story) <= now && (after === undefined || inTime(after, story) < 0))
        .sort(inTime)
        .slice(0, limit)
        .map(({ storyId, author, postedAt }) => ({ storyId, author, postedAt }))),
})
