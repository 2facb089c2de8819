import * as E from 'fp-ts/lib/Either.js'
import { LRUCache } from 'lru-cache'
import { derivedId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import type { VisibleStory } from '../../events/story-visibility.js'
import { storiesStream, storyStream } from '../../events/streams.js'
import type { Acknowledgement, Problem, StoryAcknowledgement } from '../../events/wire/answers.js'
import type { StoryCommand } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import type { Caller } from '../command-side.js'
import { notCanonical, notFound, unavailable } from './answers.js'
import { appendOne, unsealed, type Appending } from './append-one.js'
import type { CommandSideDependencies } from './dependencies.js'
import { latestEvents } from './latest-events.js'
import type { AnyDraft, UnitKeys } from './seal-drafts.js'
import { saidBy } from './story-content.js'
import type { KnownStory, StorySight } from './story-sight.js'
import { keyOf, reactionKey } from './unit-keys.js'

type Of<Type extends StoryCommand['type']> = Extract<StoryCommand, { readonly type: Type }>
type Answer = E.Either<Problem, StoryAcknowledgement>
/** What viewers do with a story of somebody. */
export type ViewerCommand = Exclude<StoryCommand, { readonly type: 'PostStory' | 'DeleteStory' }>
/** Who else is there does not show: neither how many events the story has nor which of them is this one. */
const NO_SEQUENCE = 0
const KNOWN_VIEWS = 100_000

type Append = (caller: Caller, storyId: string, appending: Appending) => Promise<E.Either<Problem, Acknowledgement>>

const appendTo = (deps: CommandSideDependencies): Append => {
  const append = appendOne(deps)
  return async (caller, storyId, appending) =>
    E.map((ack: Acknowledgement) => ({ ...ack, sequence: NO_SEQUENCE }))(await append(storyStream(storyId), caller, appending))
}

const alreadySo = ({ clock }: CommandSideDependencies): Answer => E.right({ sequence: NO_SEQUENCE, recordedAt: clock(), mentions: [], unchanged: true })

/** An author's own look is no view. Equal views have equal event ids, so one that is sent again is stored once. */
const viewing = (deps: CommandSideDependencies, append: Append) => {
  const viewed = new LRUCache<string, Acknowledgement>({ max: KNOWN_VIEWS })
  return async (caller: Caller, { author, storyId }: Of<'ViewStory'>): Promise<Answer> => {
    const viewer = caller.account
    if (viewer === author) return alreadySo(deps)
    const key = `${storyId} ${viewer}`
    const known = viewed.get(key)
    if (known !== undefined) return E.right({ ...known, unchanged: true })
    const answer = await append(caller, storyId, unsealed(derivedId('story view', storyId, viewer), { type: 'StoryViewed', data: { author, viewer } }))
    if (E.isRight(answer)) viewed.set(key, answer.right)
    return answer
  }
}

/** The viewer's newest reaction, taken back or not, as far as the latest events tell. */
const lastReaction = async (deps: CommandSideDependencies, storyId: string, viewer: string): Promise<string | 'taken-back' | undefined> => {
  for await (const event of latestEvents(deps, storyStream(storyId))) {
    if (event.metadata.actor !== viewer) continue
    if (event.type === 'StoryReacted') return event.data.reaction
    if (event.type === 'StoryUnreacted') return 'taken-back'
  }
  return undefined
}

/** A viewer has one reaction: the newest. */
const reacting = (deps: CommandSideDependencies, append: Append) => async (caller: Caller, { author, storyId, reaction }: Of<'ReactToStory'>): Promise<Answer> => {
  const [bytes, limit] = [Buffer.byteLength(reaction.text, 'utf8'), limits.reactionBytes]
  if (bytes > limit) return E.left(problem('too-large', { detail: `This reaction has ${bytes} bytes, at most ${limit} are taken.` }))
  const find = () => keyOf(deps.keyStore, storiesStream(author), storyId)
  const key = await find()
  if (E.isLeft(key)) return key
  if (key.right === undefined) return E.left(notFound)
  const told = reactionKey(key.right, reaction)
  if (E.isLeft(told)) return E.left(notCanonical(told.left))
  if ((await lastReaction(deps, storyId, caller.account)) === told.right) return alreadySo(deps)
  const draft: AnyDraft = { type: 'StoryReacted', data: { author, userId: caller.account, unit: storyId, reaction: told.right }, content: reaction }
  const renew = async () => E.chain((found: Uint8Array | undefined): E.Either<Problem, UnitKeys> =>
    (found === undefined ? E.left(notFound) : E.right(new Map([[storyId, found]]))))(await find())
  return append(caller, storyId, { id: deps.newId(), draft, keys: new Map([[storyId, key.right]]), renew })
}

const takingBack = (deps: CommandSideDependencies, append: Append) => async (caller: Caller, { author, storyId }: Of<'UnreactToStory'>): Promise<Answer> =>
  (await lastReaction(deps, storyId, caller.account)) === 'taken-back'
    ? alreadySo(deps)
    : append(caller, storyId, unsealed(deps.newId(), { type: 'StoryUnreacted', data: { author, userId: caller.account } }))

/** Recorded before it is answered (P6). */
const inspecting = (deps: CommandSideDependencies, append: Append) =>
  async (caller: Caller, { author, storyId, reason }: Of<'InspectStory'>, { tier, postedAt, ...story }: VisibleStory<KnownStory>): Promise<Answer> => {
    const said = await saidBy(deps, author, storyId, story.revision)
    if (E.isLeft(said)) return said
    if (said.right === undefined) return E.left(notFound)
    const { content, media } = said.right
    const answer = await append(caller, storyId, unsealed(deps.newId(), { type: 'StoryInspected', data: { author, reason } }))
    return E.map((ack: Acknowledgement): StoryAcknowledgement =>
      ({ ...ack, inspected: { tier, postedAt, content, ...(media !== undefined && { media }) } }))(answer)
  }

/** Handles what viewers do with a story. Who may not see it now is answered as if it were not there. */
export const storyHandler = (deps: CommandSideDependencies, { seenBy, seenByAuthor }: StorySight) => {
  const append = appendTo(deps)
  const [view, react, unreact, inspect] = [viewing(deps, append), reacting(deps, append), takingBack(deps, append), inspecting(deps, append)]

  const toSee = async (viewer: string, { author, storyId, type }: ViewerCommand): Promise<E.Either<Problem, VisibleStory<KnownStory>>> => {
    const isLook = type === 'InspectStory'
    if (isLook && deps.administrators?.has(viewer) !== true) return E.left(notFound)
    const seen = isLook ? E.right(await seenByAuthor(author, storyId)) : await seenBy(viewer, author, storyId)
    if (E.isLeft(seen)) return E.left(unavailable(seen.left.retryAfterMs))
    return E.fromOption(() => notFound)(seen.right)
  }

  return async (caller: Caller, command: ViewerCommand): Promise<Answer> => {
    const story = await toSee(caller.account, command)
    if (E.isLeft(story)) return story
    switch (command.type) {
      case 'ViewStory':
        return view(caller, command)
      case 'ReactToStory':
        return react(caller, command)
      case 'UnreactToStory':
        return unreact(caller, command)
      case 'InspectStory':
        return inspect(caller, command, story.right)
    }
  }
}
