import { memoryStoryCache } from '../../adapters/memory/story-cache.js'
import type { OnProblem } from '../../adapters/problem.js'
import { cachedStories } from '../../adapters/story-cache/cached-stories.js'
import type { Audience } from '../../events/audience.js'
import type { Shutdown } from '../../platform/shutdown.js'
import { storiesForClients } from '../../read-side/api/for-clients.js'
import type { StoryCache } from '../../read-side/stories/ports.js'
import { createStoriesSide, type StoriesSide } from '../../read-side/stories/stories.js'
import type { Settings } from '../configuration/settings.js'
import type { Foundation } from './foundation.js'
import type { ReadModels } from './read-models.js'

interface Parts {
  readonly foundation: Foundation
  readonly readModels: ReadModels
  readonly audience: Audience
  readonly onProblem: OnProblem
}

const openCache = async (settings: Settings, { foundation: { adapters }, onProblem }: Parts, { onStop }: Shutdown): Promise<StoryCache> => {
  if (adapters.storyCache === 'memory') return memoryStoryCache()
  const { redisStoryCache } = await import('../../adapters/redis/story-cache.js')
  const cache = redisStoryCache({ url: settings.redisUrl, prefix: settings.redisPrefix, onProblem })
  onStop('story cache', cache.close)
  return cache
}

/** The stories of this process, through the chosen cache, as clients meet them. */
export const openStories = async (settings: Settings, parts: Parts, shutdown: Shutdown): Promise<StoriesSide> => {
  const { foundation: { keyStore, clock, tokens }, readModels: { readers, progress }, audience } = parts
  const reader = cachedStories(readers.stories, await openCache(settings, parts, shutdown))
  return storiesForClients(createStoriesSide({ reader, audience, keyStore, progress, clock, inspectionsShown: settings.inspectionsShown }), tokens)
}
