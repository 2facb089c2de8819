import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { memoryDueStories } from '../../adapters/memory/read-models/due-stories.js'
import { memoryEndedStories } from '../../adapters/memory/read-models/ended-stories.js'
import { memoryStories } from '../../adapters/memory/read-models/stories.js'
import type { Caller, CommandSide, CommandSideDependencies } from '../../command-side/index.js'
import type { SweepDependencies } from '../../command-side/sweeping/sweep.js'
import { decode } from '../../events/codec.js'
import { storiesProjection } from '../../projections/stories/project.js'
import { aMember, answer, commandSides } from './command-side.js'

/** Authors, their stories and a clock that is stepped; everything in memory. */
export const sweptWorld = () => {
  let now = 1_790_000_000_000
  let projected = 0
  const clock = () => now
  const world = commandSides()
  const { eventStore, keyStore } = world.parts()
  const stories = memoryStories()
  const side = world.start({ clock })
  const authors: Caller[] = []

  /** The stories of everything that is recorded. */
  const project = (): void => {
    for (; projected < world.log.events.length; projected += 1) {
      const recorded = world.log.events[projected]
      const event = recorded === undefined ? undefined : decode(recorded)
      if (recorded === undefined || event === undefined || E.isLeft(event)) throw new Error('an event that does not decode')
      stories.apply(storiesProjection.project({ event: event.right, recorded, content: undefined }))
    }
  }

  /** Posts so many stories of each of so many new authors, and projects them; answers their ids. */
  const post = async (count: number, each: number): Promise<ReadonlyArray<string>> => {
    const storyIds: string[] = []
    for (let at = 0; at < count; at += 1) {
      const author = await aMember(side)
      authors.push(author)
      for (let nth = 0; nth < each; nth += 1) {
        const storyId = uuidv7()
        await answer(side.story(author, { type: 'PostStory', storyId, tier: 'public', content: { text: `story ${nth}` } }))
        storyIds.push(storyId)
      }
    }
    project()
    return storyIds
  }

  const dueStories = memoryDueStories(stories)
  /** What a sweep of another process needs; `over`: of its command side. */
  const sweeping = (over: Partial<CommandSideDependencies> = {}): SweepDependencies => {
    const { expireStories }: CommandSide = world.start({ clock, ...over })
    return { dueStories, endedStories: memoryEndedStories, expireStories, keyStore, clock }
  }
  return {
    clock, eventStore, keyStore, stories, dueStories, sweeping, post, project,
    side: () => side,
    authors: () => authors,
    pass: (milliseconds: number) => { now += milliseconds },
    /** The stories whose expiry is recorded, as often as it is, in order of their ids. */
    ends: (): ReadonlyArray<string> =>
      world.log.events.flatMap((recorded) => (recorded.type === 'StoryExpired' ? [(JSON.parse(Buffer.from(recorded.data).toString()) as { readonly storyId: string }).storyId] : [])).sort(),
  }
}
