import * as O from 'fp-ts/lib/Option.js'
import type { Relation } from './audience.js'
import { limits } from './limits.js'
import type { Tier } from './schemas/stories.js'

/** What decides who may see a story; times in milliseconds since 1970. */
export interface StoryFacts {
  readonly storyId: string
  readonly author: string
  readonly tier: Tier
  readonly postedAt: number
  /** Deleted by its author, or ended by the scheduler. */
  readonly ended: boolean
}

/** Who looks: a signed-in account and how it stands to the author (an administrator looks like anybody else), or nobody. */
export type Viewer = { readonly account: string; readonly relation: Relation } | 'anonymous'

declare const checked: unique symbol
/** A story that its viewer may see at this moment. Only `visibleStory` makes one. */
export type VisibleStory<S extends StoryFacts = StoryFacts> = S & { readonly [checked]: true }

/** The first millisecond at which the story is gone for everybody. */
export const storyEnd = ({ postedAt }: Pick<StoryFacts, 'postedAt'>): number => postedAt + limits.storyLifetimeMs

const isInTier = (tier: Tier, relation: Relation): boolean => {
  switch (tier) {
    case 'public':
      return true
    case 'followers':
      return relation.follows
    case 'close_friends':
      return relation.closeFriend
  }
}

const isFor = ({ author, tier }: StoryFacts, viewer: Viewer): boolean => {
  if (viewer === 'anonymous') return false
  const { account, relation } = viewer
  return account === author || (!relation.blocked && !relation.hidden && isInTier(tier, relation))
}

/**
 * The one decision whether a story can be seen: not yet at its end, not ended before, and the viewer belongs to its audience.
 * The author belongs to it always. Muting hides nothing. `now` is the server's clock.
 */
export const visibleStory = <S extends StoryFacts>(story: S, viewer: Viewer, now: number): O.Option<VisibleStory<S>> =>
  now < storyEnd(story) && !story.ended && isFor(story, viewer) ? O.some(story as VisibleStory<S>) : O.none
