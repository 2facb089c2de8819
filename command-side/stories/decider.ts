import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { limits } from '../../events/limits.js'
import type { StoriesEvent } from '../../events/registry.js'
import type { Aggregate } from '../handling/aggregate.js'
import type { Decider } from '../handling/decider.js'
import type { Draft } from '../handling/draft.js'
import type { StoriesCommand } from './commands.js'
import type { StoriesRejection } from './rejections.js'
import { decodeState, encodeState, snapshotSchema } from './snapshot.js'
import { evolve, isOver, noStories, type StoriesFact, type StoriesState } from './state.js'

export { isOver, type PostedStory, type StoriesFact, type StoriesState } from './state.js'

type Post = Extract<StoriesCommand, { readonly type: 'PostStory' }>
type Decision = E.Either<StoriesRejection, ReadonlyArray<Draft<StoriesEvent>>>

const VERSION_AT = 14

const refuse = (rejection: StoriesRejection): Decision => E.left(rejection)
const accept = (...events: ReadonlyArray<Draft<StoriesEvent>>): Decision => E.right(events)

/** Why nothing can be posted so, whatever was posted before; a derived id names something else already. */
const flawOf = ({ storyId, said: { content, media } }: Post): StoriesRejection | undefined => {
  if (storyId.charAt(VERSION_AT) !== '7') return { _tag: 'NewStoryIdExpected' }
  if (content.text === '' && media === undefined) return { _tag: 'StoryIsEmpty' }
  const [bytes, limit] = [Buffer.byteLength(content.text, 'utf8'), limits.storyBytes]
  return bytes > limit ? { _tag: 'StoryTooLarge', bytes, limit } : undefined
}

const post = (command: Post, state: StoriesState): Decision => {
  const { storyId, tier, said, mentions, now } = command
  const there = state.get(storyId)
  if (there !== undefined) {
    const isSame = !there.ended && there.tier === tier && isDeepStrictEqual(said, command.posted)
    return isSame ? accept() : refuse({ _tag: 'StoryIdUsed' })
  }
  const flaw = flawOf(command)
  if (flaw !== undefined) return refuse(flaw)
  const limit = limits.storiesPerDay
  if (state.count((story) => !isOver(story, now)) >= limit) return refuse({ _tag: 'TooManyStories', limit })
  const { content, media } = said
  const more = { ...(media !== undefined && { media }), ...(mentions.length > 0 && { mentions: [...mentions] }) }
  return accept({ type: 'StoryPosted', data: { storyId, tier, unit: storyId, ...more }, content })
}

const remove = (storyId: string, state: StoriesState): Decision => {
  const story = state.get(storyId)
  if (story === undefined) return refuse({ _tag: 'StoryAbsent' })
  return story.ended ? accept() : accept({ type: 'StoryDeleted', data: { storyId, unit: storyId } })
}

/** What is not there or not over is left out: whoever asks may know less than the stream. */
const expire = (storyIds: ReadonlyArray<string>, now: number, state: StoriesState): Decision =>
  accept(...storyIds.flatMap((storyId): ReadonlyArray<Draft<StoriesEvent>> => {
    const story = state.get(storyId)
    return story === undefined || story.ended || !isOver(story, now) ? [] : [{ type: 'StoryExpired', data: { storyId, unit: storyId } }]
  }))

const decide = (command: StoriesCommand, state: StoriesState): Decision => {
  switch (command.type) {
    case 'PostStory':
      return post(command, state)
    case 'DeleteStory':
      return remove(command.storyId, state)
    case 'ExpireStories':
      return expire(command.storyIds, command.now, state)
  }
}

export const storiesDecider: Decider<StoriesState, StoriesCommand, Draft<StoriesEvent>, StoriesRejection, StoriesFact> = {
  initialState: noStories, decide, evolve,
}

/** An author's stories: posted, and ended once, by the author or by time. */
export const storiesAggregate: Aggregate<StoriesState, StoriesCommand, StoriesEvent, StoriesRejection, StoriesFact> = {
  decider: storiesDecider, snapshotSchema, encodeState, decodeState,
}
