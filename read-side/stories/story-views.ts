import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { RecordedEvent } from '../../events/event-store.js'
import { storyEnd, type StoryFacts, type VisibleStory } from '../../events/story-visibility.js'
import type { Problem } from '../../events/wire/answers.js'
import type { ReadableContent, StoryContent } from '../../events/wire/commands.js'
import { orUnavailable } from '../answers.js'
import { decodedAs } from '../contents/decoded.js'
import { openContents, type Contents } from '../contents/open-contents.js'
import type { ReadSideDependencies } from '../dependencies.js'
import type { StoredMark, StoredStory, StoriesReader } from './ports.js'
import type { StoryView } from './views.js'
import type { Static } from 'typebox'

type Reaction = { readonly reaction?: Static<typeof ReadableContent> }

export const eventsOf = <A>(of: ReadonlyArray<A>, eventOf: (one: A) => RecordedEvent | undefined): ReadonlyArray<RecordedEvent> => of.flatMap((one) => eventOf(one) ?? [])

export const reactionOf = (contents: Contents, event: RecordedEvent | undefined): Reaction => {
  const opened = event === undefined ? undefined : contents(event)
  // Only what a viewer says is sealed in these events.
  return opened?._tag === 'Opened' ? { reaction: opened.content as Static<typeof ReadableContent> } : {}
}

/** What every answer about a story tells of it. */
export const outlineOf = (story: VisibleStory<StoryFacts>, seen: boolean) =>
  ({ storyId: story.storyId, tier: story.tier, postedAt: story.postedAt, endsAt: storyEnd(story), seen })

const viewOf = (contents: Contents, story: VisibleStory<StoredStory>, { seen, reaction }: Pick<StoredMark, 'seen' | 'reaction'>, views: number | undefined): ReadonlyArray<StoryView> => {
  const opened = contents(story.posted)
  // Whose key was destroyed has ended, though it may not be projected yet.
  if (opened?._tag !== 'Opened') return []
  const { media } = decodedAs('StoryPosted', story.posted).data
  return [{
    ...outlineOf(story, seen || views !== undefined),
    author: story.author,
    content: opened.content as StoryContent,
    ...(media === undefined ? {} : { media }),
    ...reactionOf(contents, reaction),
    ...(views === undefined ? {} : { views }),
  }]
}

/** Stories as the account sees them, in their order, without those that nothing opens any more. */
export const storyViews = (reader: StoriesReader, keyStore: ReadSideDependencies['keyStore']) =>
  (account: string, stories: ReadonlyArray<VisibleStory<StoredStory>>): TE.TaskEither<Problem, ReadonlyArray<StoryView>> => {
    if (stories.length === 0) return TE.right([])
    const own = stories.filter(({ author }) => author === account).map(({ storyId }) => storyId)
    return pipe(
      TE.Do,
      TE.bind('marks', () => orUnavailable(reader.marks(account, stories.map(({ storyId }) => storyId)))),
      TE.bind('counts', () => (own.length === 0 ? TE.right([]) : orUnavailable(reader.counts(own)))),
      TE.bind('contents', ({ marks }) => openContents(keyStore)([...eventsOf(stories, ({ posted }) => posted), ...eventsOf(marks, ({ reaction }) => reaction)])),
      TE.map(({ marks, counts, contents }) => stories.flatMap((story, index) =>
        viewOf(contents, story, marks[index] ?? { seen: false, reaction: undefined }, story.author === account ? (counts[own.indexOf(story.storyId)] ?? 0) : undefined))),
    )
  }
