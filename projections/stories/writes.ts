import type { Position, RecordedEvent } from '../../events/event-store.js'
import type { Tier } from '../../events/schemas/stories.js'

export const storiesModel = { name: 'stories', version: 1 } as const

/**
 * The tables are the same in whatever order the streams of authors and of stories come: of a story that ended only its id is kept,
 * and whatever else is told of it, before or after, leaves nothing. Times in milliseconds since 1970.
 */
export type StoriesWrite =
  | { readonly op: 'posted'; readonly storyId: string; readonly author: string; readonly tier: Tier; readonly postedAt: number; readonly recorded: RecordedEvent }
  | { readonly op: 'ended'; readonly storyId: string }
  /** The first look of a viewer counts. */
  | { readonly op: 'viewed'; readonly storyId: string; readonly viewer: string; readonly at: number; readonly position: Position }
  /** A viewer's reaction is the one of the highest revision; without an event it was taken back. */
  | { readonly op: 'reaction'; readonly storyId: string; readonly viewer: string; readonly revision: number; readonly recorded: RecordedEvent | undefined }
  | { readonly op: 'inspected'; readonly storyId: string; readonly id: string; readonly at: number; readonly reason: string }
