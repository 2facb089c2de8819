import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { AudienceUnavailable, Relation } from '../../events/audience.js'
import { stranger } from '../../events/audience.js'
import type { StoryFacts as VisibilityFacts, VisibleStory } from '../../events/story-visibility.js'
import { visibleStory } from '../../events/story-visibility.js'
import { storiesStream } from '../../events/streams.js'
import type { PostedStory, StoriesState } from '../stories/decider.js'
import type { StoryFacts } from '../ports.js'
import { monotonic } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Lanes } from './lanes.js'
import { recentStates } from './recent-states.js'
import type { StreamStates } from './stream-states.js'

/** How long a story that was there is taken for there without looking: one that another process deletes is seen this long at most. */
const STORIES_FRESH_MS = 200

export type KnownStory = PostedStory & VisibilityFacts

type Seen = E.Either<AudienceUnavailable, O.Option<VisibleStory<KnownStory>>>

export interface StorySight {
  /** The story, if the viewer may see it now. Rejects when the author's stream cannot be read. */
  readonly seenBy: (viewer: string, author: string, storyId: string) => Promise<Seen>
  /** The story as its author sees it. */
  readonly seenByAuthor: (author: string, storyId: string) => Promise<O.Option<VisibleStory<KnownStory>>>
}

/**
 * Stories as the streams of their authors have them. Nothing is refused by a state that may be old, and whatever is not to be
 * seen takes the same look-ups: relation, state, the stream's end.
 */
export const storySight = (deps: CommandSideDependencies, states: StreamStates<StoriesState>, lanes: Lanes): StorySight => {
  const { within, present } = recentStates(states, lanes, deps.elapsed ?? monotonic)

  const look = async (account: string, relation: Relation, author: string, storyId: string): Promise<O.Option<VisibleStory<KnownStory>>> => {
    const seenIn = (state: StoriesState): O.Option<VisibleStory<KnownStory>> => {
      const story = state.get(storyId)
      return story === undefined ? O.none : visibleStory({ ...story, storyId, author }, { account, relation }, deps.clock())
    }
    const stream = storiesStream(author)
    const seen = seenIn(await within(STORIES_FRESH_MS, stream))
    return O.isSome(seen) ? seen : seenIn(await present(stream))
  }

  return {
    seenBy: async (viewer, author, storyId) => {
      const relation = await deps.audience.relations(viewer, [author])()
      return E.isLeft(relation) ? relation : E.right(await look(viewer, relation.right[0] ?? { ...stranger, blocked: true }, author, storyId))
    },
    seenByAuthor: (author, storyId) => look(author, stranger, author, storyId),
  }
}

/** What a message that answers a story must know of it. */
export const storyFactsOf = ({ seenBy }: StorySight): StoryFacts => ({
  visibleTo: (viewer, author, storyId): ReturnType<StoryFacts['visibleTo']> => async () => {
    const seen = await seenBy(viewer, author, storyId)
    return E.isLeft(seen) ? E.left({ ...seen.left, _tag: 'Unavailable' }) : E.right(O.isSome(seen.right))
  },
})
