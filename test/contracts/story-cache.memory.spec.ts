import { expect, it } from 'vitest'
import { memoryStoryCache } from '../../adapters/memory/story-cache.js'
import { limits } from '../../events/limits.js'
import { found, storyCacheContract, storyPostedAt } from './story-cache/index.js'

storyCacheContract('memory', async () => ({ cache: memoryStoryCache(), close: async () => undefined }))

it('T8: in memory, by its own clock: until the last millisecond of 24 h after the posting', async () => {
  let now = 23 * 3_600_000
  const [cache, story] = [memoryStoryCache(() => now), storyPostedAt(0)]
  await cache.keep(story)()
  now = limits.storyLifetimeMs - 1
  expect(await found(cache, story.storyId)).toEqual(story)
  now = limits.storyLifetimeMs
  expect(await found(cache, story.storyId)).toBeUndefined()
})
