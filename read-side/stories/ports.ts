import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Position, RecordedEvent } from '../../events/event-store.js'
import type { StoryFacts } from '../../events/story-visibility.js'

interface Unavailable {
  readonly _tag: 'Unavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

type Answer<A> = TaskEither<Unavailable, A>

/** A story with the event that posted it, its content sealed. It never changes. */
export interface StoredStory extends StoryFacts {
  readonly posted: RecordedEvent
}

/** What a viewer left at a story. */
export interface StoredMark {
  readonly storyId: string
  readonly seen: boolean
  /** The reaction that stands. */
  readonly reaction: RecordedEvent | undefined
}

/** Where a page of viewers ended. */
export interface ViewPlace {
  readonly position: Position
  readonly viewer: string
}

export interface StoredView extends ViewPlace {
  readonly at: number
  readonly reaction: RecordedEvent | undefined
}

/**
 * Stories that were not ended, with their views: gone with the story. Nothing here is decided about who may see them: what leaves
 * passes `visibleStory`. Times in milliseconds since 1970.
 */
export interface StoriesReader {
  /** Of all these authors, posted after `since`, the newest first, at most `limit`. */
  readonly newest: (authors: ReadonlyArray<string>, since: number, limit: number) => Answer<ReadonlyArray<StoryFacts>>
  /** Posted after `since`, the oldest first, at most `limit`. */
  readonly ofAuthor: (author: string, since: number, limit: number) => Answer<ReadonlyArray<StoredStory>>
  readonly find: (storyId: string) => Answer<Option<StoredStory>>
  /** In the order asked. */
  readonly marks: (viewer: string, storyIds: ReadonlyArray<string>) => Answer<ReadonlyArray<StoredMark>>
  /** How many looked at each, in the order asked. */
  readonly counts: (storyIds: ReadonlyArray<string>) => Answer<ReadonlyArray<number>>
  /** Who looked, the newest first, before a place; and how many did in all, of the same committed state. */
  readonly viewers: (storyId: string, page: { readonly before: ViewPlace | undefined; readonly limit: number }) => Answer<{ readonly count: number; readonly views: ReadonlyArray<StoredView> }>
  /** Recorded looks of administrators, the oldest first, at most `limit`. */
  readonly inspections: (storyId: string, limit: number) => Answer<ReadonlyArray<{ readonly at: number; readonly reason: string }>>
}

/**
 * Posted stories by id. What is kept is gone at the story's end by an absolute time, whenever it was kept (T8), and is
 * believed only while the story's key lives. A cache that is empty, slow or away answers `Unavailable` or nothing, and changes
 * no answer.
 */
export interface StoryCache {
  readonly find: (storyId: string) => Answer<Option<StoredStory>>
  /** Idempotent; one that is over is not kept. */
  readonly keep: (story: StoredStory) => Answer<void>
}
