import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DueStories, DueStory } from '../../../command-side/ports.js'
import { storyEnd } from '../../../events/story-visibility.js'
import type { MemoryStories } from './stories.js'

const inOrder = (one: DueStory, other: DueStory): number =>
  one.postedAt - other.postedAt || (one.storyId < other.storyId ? -1 : Number(one.storyId > other.storyId))

/** Of the stories that are projected and have not ended. */
export const memoryDueStories = ({ tables }: MemoryStories): DueStories => ({
  due: (now, limit, after) =>
    TE.fromIO(() =>
      [...tables.current().stories.values()]
        .filter((story) => storyEnd(story) <= now && (after === undefined || inOrder(after, story) < 0))
        .sort(inOrder)
        .slice(0, limit)
        .map(({ storyId, author, postedAt }) => ({ storyId, author, postedAt }))),
})
