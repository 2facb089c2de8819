import { memoryDueStories } from '../../adapters/memory/read-models/due-stories.js'
import { memoryStories } from '../../adapters/memory/read-models/stories.js'
import { dueStoriesContract } from './due-stories/index.js'

dueStoriesContract('memory', async () => {
  const stories = memoryStories()
  return { dueStories: memoryDueStories(stories), apply: async (writes) => stories.apply(writes), close: async () => undefined }
})
