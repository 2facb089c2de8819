import type { Tier } from '../../../events/schemas/stories.js'
import type { StoryFacts } from '../../../events/story-visibility.js'

export type FactsRow = readonly [storyId: string, author: string, tier: Tier, postedAt: string]

/** The columns of a row of stories that is named `s`. */
export const facts = 's.story_id, s.author, s.tier, s.posted_at'

/** Stories that ended have no row. */
export const factsOf = ([storyId, author, tier, postedAt]: FactsRow): StoryFacts => ({ storyId, author, tier, postedAt: Number(postedAt), ended: false })
