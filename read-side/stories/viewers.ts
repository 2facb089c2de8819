import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { VisibleStory } from '../../events/story-visibility.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { orUnavailable } from '../answers.js'
import { openContents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import { pageOf, placeBefore } from '../inbox/cursor.js'
import type { StoredStory, StoriesReader } from './ports.js'
import { eventsOf, reactionOf } from './story-views.js'
import type { StoryViewers } from './views.js'

interface Page {
  readonly before?: string
  readonly limit: number
}

/** Who looked at a story that `own` finds; count and list are of one committed state (T9). */
export const storyViewers = (
  reader: StoriesReader,
  keyStore: ReadSideDependencies['keyStore'],
  own: (account: string, storyId: string) => TE.TaskEither<Problem, VisibleStory<StoredStory>>,
) => (account: string, storyId: string, { before, limit }: Page): TE.TaskEither<Problem, StoryViewers> =>
  pipe(
    placeBefore(before),
    TE.map((place) => place && { position: place.activity, viewer: place.conversation }),
    TE.bindTo('place'),
    TE.bind('story', () => own(account, storyId)),
    TE.bind('page', ({ place }) => orUnavailable(reader.viewers(storyId, { before: place, limit: limit + 1 }))),
    TE.bind('contents', ({ story, page }) => openContents(keyStore)([story.posted, ...eventsOf(page.views, ({ reaction }) => reaction)])),
    TE.filterOrElse(({ story, contents }) => contents(story.posted)?._tag === 'Opened', () => problem('not-found')),
    TE.map(({ page, contents }): StoryViewers => {
      const { shown, next } = pageOf(page.views, limit, (last) => ({ activity: last.position, conversation: last.viewer }))
      return {
        views: page.count,
        viewers: shown.map(({ viewer, at, reaction }) => ({ userId: viewer, viewedAt: at, ...reactionOf(contents, reaction) })),
        ...next,
      }
    }),
  )
