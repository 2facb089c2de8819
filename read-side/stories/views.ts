import Type, { type Static } from 'typebox'
import { Id } from '../../events/ids.js'
import { closed } from '../../events/schemas/common.js'
import { Media, Tier } from '../../events/schemas/stories.js'
import { ReadableContent, StoryContent } from '../../events/wire/commands.js'

const At = Type.Integer()

const ofStory = { storyId: Id, tier: Tier, postedAt: At, endsAt: At, seen: Type.Boolean() }

/** A story as its viewer may see it now. `reaction` is the viewer's own; `views` is told to the author alone. */
export const StoryView = closed({
  ...ofStory,
  author: Id,
  content: StoryContent,
  media: Type.Optional(Media),
  reaction: Type.Optional(ReadableContent),
  views: Type.Optional(Type.Integer({ minimum: 0 })),
})
export type StoryView = Static<typeof StoryView>

/** Authors with stories to see: the account itself, then those with unseen ones, then the others, last the muted ones. */
export const StoryTray = closed({
  authors: Type.Array(closed({ author: Id, muted: Type.Boolean(), unseen: Type.Integer({ minimum: 0 }), stories: Type.Array(closed(ofStory)) })),
})
export type StoryTray = Static<typeof StoryTray>

/** `views` is how many looked in all: as many as all pages list. */
export const StoryViewers = closed({
  views: Type.Integer({ minimum: 0 }),
  viewers: Type.Array(closed({ userId: Id, viewedAt: At, reaction: Type.Optional(ReadableContent) })),
  next: Type.Optional(Type.String()),
})
export type StoryViewers = Static<typeof StoryViewers>

export const StoryInspections = closed({ inspections: Type.Array(closed({ at: At, reason: Type.String() })) })
export type StoryInspections = Static<typeof StoryInspections>
