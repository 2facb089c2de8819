import type { Media, Tier } from '../../events/schemas/stories.js'
import type { StoryContent } from '../../events/wire/commands.js'

/** What a story says, to tell whether the same is posted again. */
export interface Said {
  readonly content: StoryContent
  readonly media: Media | undefined
}

/** What an author, or for expiry the system, asks of the author's stories; times in milliseconds since 1970. */
export type StoriesCommand =
  | {
      readonly type: 'PostStory'
      readonly storyId: string
      readonly tier: Tier
      readonly said: Said
      /** Accounts that the text names and that may see the story. */
      readonly mentions: ReadonlyArray<string>
      readonly now: number
      /** What the living story of this id says, where there is one. */
      readonly posted: Said | undefined
    }
  | { readonly type: 'DeleteStory'; readonly storyId: string }
  | { readonly type: 'ExpireStories'; readonly storyIds: ReadonlyArray<string>; readonly now: number }
