import * as E from 'fp-ts/lib/Either.js'
import { uuidv7 } from 'uuidv7'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DueStories, DueStory } from '../../../command-side/ports.js'
import type { Position } from '../../../events/event-store.js'
import { limits } from '../../../events/limits.js'
import { storiesStream } from '../../../events/streams.js'
import type { StoriesWrite } from '../../../projections/stories/writes.js'

export interface OpenDueStories {
  readonly dueStories: DueStories
  /** Of the projection that it is read from. */
  readonly apply: (writes: ReadonlyArray<StoriesWrite>) => Promise<void>
  readonly close: () => Promise<void>
}

const nothing = Buffer.from('{}')

const posted = ({ storyId, author, postedAt }: DueStory): StoriesWrite => ({
  op: 'posted', storyId, author, tier: 'public', postedAt,
  recorded: {
    id: uuidv7(), stream: storiesStream(author), revision: 0n, position: '0' as Position, type: 'StoryPosted', version: 1, data: nothing, metadata: nothing, sealed: nothing,
  },
})
const ended = ({ storyId }: DueStory): StoriesWrite => ({ op: 'ended', storyId })

const POSTED_AT = 1_790_000_000_000
const END = POSTED_AT + limits.storyLifetimeMs

const storyAt = (postedAt: number): DueStory => ({ storyId: uuidv7(), author: uuidv7(), postedAt })
const inOrder = (stories: ReadonlyArray<DueStory>) => [...stories].sort((one, other) => one.postedAt - other.postedAt || (one.storyId < other.storyId ? -1 : 1))

/** What every adapter of the port of due stories holds. */
export const dueStoriesContract = (name: string, open: () => Promise<OpenDueStories>): void => {
  describe(`the contract of due stories, ${name}`, () => {
    let opened: OpenDueStories | undefined
    beforeEach(async () => { opened = await open() })
    afterEach(() => opened?.close())
    const subject = () => {
      if (opened === undefined) throw new Error('it did not open')
      return opened
    }
    const due = async (now: number, limit = 100, after?: DueStory) => {
      const answer = await subject().dueStories.due(now, limit, after)()
      if (E.isLeft(answer)) throw new Error(answer.left.reason)
      return answer.right
    }

    it('X6: a story is due from the very millisecond of its end', async () => {
      const story = storyAt(POSTED_AT)
      await subject().apply([posted(story)])
      expect(await due(END - 1)).toEqual([])
      expect(await due(END)).toEqual([story])
    })

    it('the oldest come first, whatever order they were posted in, and of one time all of them', async () => {
      const stories = [5, 3, 3, 9, 1, 3].map((at) => storyAt(POSTED_AT + at))
      await subject().apply(stories.map(posted))
      expect(await due(END + 9)).toEqual(inOrder(stories))
      expect(await due(END + 3)).toEqual(inOrder(stories).slice(0, 4))
    })

    it('T2: page after page gives each once, also when many are of one millisecond and some end in between', async () => {
      const stories = inOrder(Array.from({ length: 25 }, (_, index) => storyAt(POSTED_AT + Math.floor(index / 10))))
      await subject().apply(stories.map(posted))
      const first = await due(END + 10, 10)
      expect(first).toEqual(stories.slice(0, 10))
      await subject().apply(first.map(ended))
      const second = await due(END + 10, 10, first.at(-1))
      expect(second).toEqual(stories.slice(10, 20))
      expect(await due(END + 10, 10, second.at(-1))).toEqual(stories.slice(20))
      expect(await due(END + 10, 10, stories.at(-1))).toEqual([])
    })

    it('what ended is due no more', async () => {
      const [one, other] = [storyAt(POSTED_AT), storyAt(POSTED_AT + 1)]
      await subject().apply([one, other].map(posted))
      await subject().apply([ended(one)])
      expect(await due(END + 1)).toEqual([other])
    })
  })
}
