import type { StoryFacts, VisibleStory } from '../../events/story-visibility.js'
import type { Relation } from '../../events/audience.js'
import { outlineOf } from './story-views.js'
import type { StoryTray } from './views.js'

type Entry = StoryTray['authors'][number]

const newestOf = ({ stories }: Entry): number => stories.at(-1)?.postedAt ?? 0

/** Own first, muted last, unseen before seen, then whose story is newest. */
const placeOf = (account: string) => (entry: Entry): ReadonlyArray<number> =>
  [entry.author === account ? 0 : 1, entry.muted ? 1 : 0, entry.unseen > 0 ? 0 : 1, -newestOf(entry)]

const inOrder = (one: ReadonlyArray<number>, other: ReadonlyArray<number>): number => {
  const at = one.findIndex((value, index) => value !== other[index])
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0)
}

/** The tray over stories that its account may see, the newest first as they come; at most so many authors. */
export const trayOf = (
  account: string,
  stories: ReadonlyArray<VisibleStory<StoryFacts>>,
  { relations, seen, limit }: { readonly relations: ReadonlyMap<string, Relation>; readonly seen: ReadonlySet<string>; readonly limit: number },
): StoryTray => {
  const byAuthor = new Map<string, Entry['stories']>()
  for (const story of stories.toReversed()) {
    const there = byAuthor.get(story.author) ?? []
    there.push(outlineOf(story, story.author === account || seen.has(story.storyId)))
    byAuthor.set(story.author, there)
  }
  const place = placeOf(account)
  const authors = [...byAuthor].map(([author, of]): Entry =>
    ({ author, muted: relations.get(author)?.muted === true, unseen: of.filter((story) => !story.seen).length, stories: of }))
  return { authors: authors.sort((one, other) => inOrder(place(one), place(other))).slice(0, limit) }
}
