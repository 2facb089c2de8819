import { streamId } from '../../events/streams.js'
import type { Projected, Projection } from '../projection.js'
import type { StoriesWrite } from './writes.js'
import { storiesModel } from './writes.js'

const project = ({ event, recorded }: Projected): ReadonlyArray<StoriesWrite> => {
  const { revision, metadata: { recordedAt: at } } = event
  const [id, { position }] = [streamId(event.stream), recorded]
  switch (event.type) {
    case 'StoryPosted':
      return [{ op: 'posted', storyId: event.data.storyId, author: id, tier: event.data.tier, postedAt: at, recorded }]
    case 'StoryDeleted':
    case 'StoryExpired':
      return [{ op: 'ended', storyId: event.data.storyId }]
    case 'StoryViewed':
      return [{ op: 'viewed', storyId: id, viewer: event.data.viewer, at, position }]
    case 'StoryReacted':
      // Who reacts has looked; an author's own look is no view.
      return [
        ...(event.data.userId === event.data.author ? [] : [{ op: 'viewed' as const, storyId: id, viewer: event.data.userId, at, position }]),
        { op: 'reaction', storyId: id, viewer: event.data.userId, revision, recorded },
      ]
    case 'StoryUnreacted':
      return [{ op: 'reaction', storyId: id, viewer: event.data.userId, revision, recorded: undefined }]
    case 'StoryInspected':
      return [{ op: 'inspected', storyId: id, id: event.id, at, reason: event.data.reason }]
    default:
      return []
  }
}

/** Stories until they end, who looked at them and what they said to it. Contents stay sealed. */
export const storiesProjection: Projection<StoriesWrite> = { ...storiesModel, categories: ['stories', 'story'], opens: [], project }
