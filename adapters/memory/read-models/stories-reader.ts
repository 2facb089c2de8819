import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { StoredStory, StoriesReader } from '../../../read-side/stories/ports.js'
import { factsOf, inTime, ofViewer, type MemoryStories } from './stories.js'

const placeOf = ({ position, viewer }: { readonly position: string; readonly viewer: string }): string => `${position} ${viewer}`

/** The reader of `postgresStoriesReader`, in memory. */
export const memoryStoriesReader = ({ tables }: MemoryStories): StoriesReader => {
  const since = (time: number): ReadonlyArray<StoredStory> =>
    [...tables.current().stories.values()].filter(({ postedAt }) => postedAt > time).map((row) => ({ ...factsOf(row), posted: row.recorded })).sort(inTime)
  const reactionOf = (storyId: string, viewer: string) => tables.current().reactions.get(ofViewer(storyId, viewer))?.recorded
  const viewsOf = (storyId: string) => [...tables.current().views.values()].filter((view) => view.storyId === storyId)
  return {
    newest: (authors, time, limit) => TE.fromIO(() => since(time).toReversed().filter(({ author }) => authors.includes(author)).slice(0, limit).map(factsOf)),
    ofAuthor: (of, time, limit) => TE.fromIO(() => since(time).filter(({ author }) => author === of).slice(0, limit)),
    find: (storyId) => TE.fromIO(() => {
      const row = tables.current().stories.get(storyId)
      return O.fromNullable(row && { ...factsOf(row), posted: row.recorded })
    }),
    marks: (viewer, storyIds) => TE.fromIO(() =>
      storyIds.map((storyId) => ({ storyId, seen: tables.current().views.has(ofViewer(storyId, viewer)), reaction: reactionOf(storyId, viewer) }))),
    counts: (storyIds) => TE.fromIO(() => storyIds.map((storyId) => viewsOf(storyId).length)),
    viewers: (storyId, { before, limit }) => TE.fromIO(() => {
      const all = viewsOf(storyId)
      const page = all.filter((view) => before === undefined || placeOf(view) < placeOf(before)).sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1)).slice(0, limit)
      return { count: all.length, views: page.map(({ viewer, at, position }) => ({ viewer, at, position, reaction: reactionOf(storyId, viewer) })) }
    }),
    inspections: (storyId, limit) => TE.fromIO(() => [...tables.current().inspections.values()]
      .filter((look) => look.storyId === storyId)
      .sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1))
      .slice(0, limit)
      .map(({ at, reason }) => ({ at, reason }))),
  }
}
