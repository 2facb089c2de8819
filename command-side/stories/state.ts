import { Map } from 'immutable'
import type { StoriesEvent } from '../../events/registry.js'
import type { Tier } from '../../events/schemas/stories.js'
import { storyEnd } from '../../events/story-visibility.js'
import type { Fact } from '../handling/draft.js'

/** A recorded event: a story's life is counted from when it was recorded. */
export type StoriesFact = Fact<StoriesEvent> & { readonly revision: number; readonly metadata: { readonly recordedAt: number } }

export interface PostedStory {
  readonly tier: Tier
  readonly postedAt: number
  /** Of the event that carries its content, sealed. */
  readonly revision: number
  readonly ended: boolean
}

/** By story id: the living ones, and those that ended but were posted within the last lifetime, as they count for the day. */
export type StoriesState = Map<string, PostedStory>

export const noStories: StoriesState = Map()

export const isOver = (story: Pick<PostedStory, 'postedAt'>, now: number): boolean => now >= storyEnd(story)

const end = (state: StoriesState, storyId: string): StoriesState => {
  const story = state.get(storyId)
  return story === undefined ? state : state.set(storyId, { ...story, ended: true })
}

export const evolve = (state: StoriesState, event: StoriesFact): StoriesState => {
  switch (event.type) {
    case 'StoryPosted': {
      const postedAt = event.metadata.recordedAt
      const kept = state.filterNot((story) => story.ended && isOver(story, postedAt))
      return kept.set(event.data.storyId, { tier: event.data.tier, postedAt, revision: event.revision, ended: false })
    }
    case 'StoryDeleted':
    case 'StoryExpired':
      return end(state, event.data.storyId)
  }
}
