import * as E from 'fp-ts/lib/Either.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { storiesStream } from '../../events/streams.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import type { StoryCommand } from '../../events/wire/commands.js'
import type { Caller } from '../command-side.js'
import type { Said, StoriesCommand } from '../stories/commands.js'
import { isOver, storiesDecider, type PostedStory, type StoriesState } from '../stories/decider.js'
import { notFound, storiesProblem } from './answers.js'
import { acknowledged, answered, decideAndAppend, settled, unchanged, type Answer, type Decide, type Step } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Kept, Last } from './kept.js'
import type { AnyDraft, Stamp } from './seal-drafts.js'
import { saidBy, wasPosted } from './story-content.js'
import { mentionedInStory } from './story-mentions.js'
import type { StreamStates } from './stream-states.js'
import { keysFor, type ObtainedKeys } from './unit-keys.js'

type Post = Extract<StoryCommand, { readonly type: 'PostStory' }>
type Keys = (drafts: ReadonlyArray<AnyDraft>) => Promise<E.Either<Problem, ObtainedKeys>>

/** Far below what one append takes. */
const EXPIRED_AT_ONCE = 500

export interface StoriesHandler {
  readonly post: (caller: Caller, command: Post) => Promise<Answer>
  /** Destroys the key as soon as the deletion is durable. */
  readonly remove: (caller: Caller, storyId: string) => Promise<Answer>
  /** Ends those of the stories that are over, and answers which have ended by now. Keys are the caller's to destroy. */
  readonly expire: (author: string, storyIds: ReadonlyArray<string>) => Promise<E.Either<Problem, ReadonlyArray<string>>>
}

const noKeys: Keys = async () => E.right({ keys: new Map(), created: false })

/**
 * The key of a new story, once for the command. One that was there already is taken only where no story was ever posted
 * under it: then a crash lay between key and append.
 */
const newStoryKey = (deps: CommandSideDependencies, author: string, storyId: string): Keys => {
  let obtained: ObtainedKeys | undefined
  return async (drafts) => {
    if (obtained !== undefined) return E.right(obtained)
    const asked = await keysFor(deps.keyStore, storiesStream(author), author)(drafts)
    if (E.isLeft(asked)) return asked
    if (!asked.right.created && (await wasPosted(deps, author, storyId))) return E.left(storiesProblem({ _tag: 'StoryIdUsed' }))
    obtained = asked.right
    return asked
  }
}

interface Deciding {
  readonly command: (state: StoriesState, now: number) => Promise<E.Either<Problem, StoriesCommand>>
  readonly by: Pick<Stamp, 'actor' | 'device'>
  readonly keys: Keys
  /** Obtains them once more, whatever was obtained before. */
  readonly renewKeys: Keys
}

const decidingOn = (deps: CommandSideDependencies, { command, by, keys, renewKeys }: Deciding): Decide<StoriesState> => {
  const correlation = deps.newId()
  const propose = async (drafts: ReadonlyArray<AnyDraft>, recordedAt: number): Promise<Step> => {
    const obtained = await keys(drafts)
    // Keys may tell of another process's append that this state does not have yet.
    if (E.isLeft(obtained)) return settled(obtained, true)
    const stamp = { recordedAt, ...by, command: null, correlation }
    const renew = async () => E.map((again: ObtainedKeys) => again.keys)(await renewKeys(drafts))
    return { _tag: 'Proposed', drafts, stamp, keys: obtained.right.keys, renew }
  }
  return async (kept: Kept<StoriesState>) => {
    const now = deps.clock()
    const asked = await command(kept.state, now)
    if (E.isLeft(asked)) return answered(asked)
    const decision = storiesDecider.decide(asked.right, kept.state)
    if (E.isLeft(decision)) return settled(E.left(storiesProblem(decision.left)))
    if (decision.right.length > 0) return propose(decision.right, now)
    return settled(kept.last === undefined ? E.left(notFound) : unchanged(kept))
  }
}

const overOf = (state: StoriesState, now: number): ReadonlyArray<string> =>
  [...state].flatMap(([storyId, story]: [string, PostedStory]) => (story.ended || !isOver(story, now) ? [] : [storyId]))

/** Handles what an author does with stories, and what time does, given the lane of the author's stories. */
export const storiesHandler = (deps: CommandSideDependencies, states: StreamStates<StoriesState>): StoriesHandler => {
  const run = decideAndAppend(deps, states)
  const mentioned = mentionedInStory(deps)
  const plainly = async (_drafts: ReadonlyArray<AnyDraft>, last: Last) => acknowledged(last)

  const expire: StoriesHandler['expire'] = async (author, storyIds) => {
    const stream = storiesStream(author)
    for (const some of RA.chunksOf(EXPIRED_AT_ONCE)(storyIds)) {
      const command: Deciding['command'] = async (_state, now) => E.right({ type: 'ExpireStories', storyIds: some, now })
      const ended = await run(stream, decidingOn(deps, { command, by: { actor: 'system', device: null }, keys: noKeys, renewKeys: noKeys }), plainly)
      if (E.isLeft(ended)) return ended
    }
    const { kept } = await states.current(stream)
    return E.right(storyIds.filter((storyId) => kept.state.get(storyId)?.ended !== false))
  }

  /** A state stays as small as a day's stories, also while nobody sweeps. */
  const endOver = async (author: string): Promise<E.Either<Problem, void>> => {
    const { kept } = await states.current(storiesStream(author))
    const over = overOf(kept.state, deps.clock())
    return over.length === 0 ? E.right(undefined) : E.map(() => undefined)(await expire(author, over))
  }

  return {
    expire,
    post: async ({ account, device }, { storyId, tier, content, media }) => {
      const ended = await endOver(account)
      if (E.isLeft(ended)) return ended
      const mentions = await mentioned(account, tier, content.text)
      if (E.isLeft(mentions)) return mentions
      const command: Deciding['command'] = async (state, now) => {
        const story = state.get(storyId)
        const posted = story === undefined || story.ended ? E.right(undefined) : await saidBy(deps, account, storyId, story.revision)
        return E.map((before: Said | undefined): StoriesCommand =>
          ({ type: 'PostStory', storyId, tier, said: { content, media }, mentions: mentions.right.accounts, now, posted: before }))(posted)
      }
      const deciding = { command, by: { actor: account, device }, keys: newStoryKey(deps, account, storyId), renewKeys: keysFor(deps.keyStore, storiesStream(account), account) }
      const answer = await run(storiesStream(account), decidingOn(deps, deciding), plainly)
      return E.map((ack: Acknowledgement) => ({ ...ack, mentions: mentions.right.outcomes }))(answer)
    },
    remove: async ({ account, device }, storyId) => {
      const command: Deciding['command'] = async () => E.right({ type: 'DeleteStory', storyId })
      const onAppended = async (_drafts: ReadonlyArray<AnyDraft>, last: Last) => {
        // Should it fail, `forgetDeleted` comes to the same event through the feed.
        await deps.keyStore.destroy([storyId])()
        return acknowledged(last)
      }
      return run(storiesStream(account), decidingOn(deps, { command, by: { actor: account, device }, keys: noKeys, renewKeys: noKeys }), onAppended)
    },
  }
}
