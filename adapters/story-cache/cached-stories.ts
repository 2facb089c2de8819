import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { StoriesReader, StoryCache } from '../../read-side/stories/ports.js'

/**
 * Stories, those asked for by id through their cache: what is not known there is read and kept. A cache that is empty, slow or
 * away costs time and changes no answer (P5); a story that ended early is kept on, and opens no more.
 */
export const cachedStories = (stories: StoriesReader, cache: StoryCache): StoriesReader => ({
  ...stories,
  find: (storyId) => async () => {
    const known = await cache.find(storyId)()
    if (E.isRight(known) && O.isSome(known.right)) return known
    const found = await stories.find(storyId)()
    // Nobody waits for it: what is not kept is read again.
    if (E.isRight(found) && O.isSome(found.right)) void cache.keep(found.right.value)()
    return found
  },
})
