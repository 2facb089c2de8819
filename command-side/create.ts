import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { accountStream, conversationStream, storiesStream } from '../events/streams.js'
import type { Problem } from '../events/wire/answers.js'
import { accountAggregate } from './account/decider.js'
import { conversationAggregate } from './conversation/decider.js'
import { accountHandler } from './handling/account.js'
import { accounts, mayCommand } from './handling/accounts.js'
import { admission } from './handling/admission.js'
import { blockFacts } from './handling/blocking.js'
import { conversationHandler } from './handling/conversation.js'
import { monotonic } from './handling/deciding.js'
import type { CommandSideDependencies } from './handling/dependencies.js'
import { folding } from './handling/kept.js'
import { lanes } from './handling/lanes.js'
import { mutesHandler } from './handling/mutes.js'
import { notificationMarks } from './handling/notification-marks.js'
import { receiptsHandler } from './handling/receipts.js'
import { storiesHandler } from './handling/stories.js'
import { storyHandler } from './handling/story.js'
import { storyFactsOf, storySight } from './handling/story-sight.js'
import { streamStates } from './handling/stream-states.js'
import { storiesAggregate } from './stories/decider.js'
import type { Caller, CommandSide } from './command-side.js'

/**
 * The command side over its ports. Commands of one stream run one after another in the order of the calls, those of
 * different streams side by side. It owns none of the ports: closing it closes none of them.
 */
export const createCommandSide = (deps: CommandSideDependencies): CommandSide => {
  const elapsed = deps.elapsed ?? monotonic
  const door = admission(deps.hooks?.defect ?? (() => undefined))
  const lane = lanes()
  const conversations = streamStates(folding(conversationAggregate), { ...deps, elapsed })
  const accountStates = streamStates(folding(accountAggregate), { ...deps, elapsed })
  const storiesStates = streamStates(folding(storiesAggregate), { ...deps, elapsed })
  const sight = storySight(deps, storiesStates, lane)
  const known = accounts(deps, accountStates, lane)
  const onConversation = conversationHandler({ storyFacts: storyFactsOf(sight), ...deps }, conversations, { accounts: known, blocks: blockFacts(accountStates, lane, elapsed) })
  const onAccount = accountHandler(deps, accountStates, known)
  const onRead = receiptsHandler(deps, conversations, lane)
  const onMute = mutesHandler(deps, conversations, lane)
  const onNotificationsRead = notificationMarks(deps, known)
  const onStories = storiesHandler(deps, storiesStates)
  const onStory = storyHandler(deps, sight)
  const permitted = <A>(caller: Caller, work: () => Promise<E.Either<Problem, A>>) =>
    door.enter(async (): Promise<E.Either<Problem, A>> => {
      const may = await mayCommand(known, caller)
      return E.isLeft(may) ? may : work()
    })

  return {
    conversation: (caller, conversation, counter, command) =>
      door.enter(() => {
        // Asked beside the wait in the lane; the place in the lane is taken by the call itself.
        const allowed = settle(mayCommand(known, caller))
        return lane.run(conversationStream(conversation), async () => {
          const may = await allowed()
          return E.isLeft(may) ? may : onConversation({ caller, conversation, counter, command })
        })
      }),
    markRead: (caller, conversation, { through }) => permitted(caller, () => onRead(caller, conversation, through)),
    muteConversation: (caller, conversation, { muted }) => permitted(caller, () => onMute(caller, conversation, muted)),
    account: (account, command) => door.enter(() => lane.run(accountStream(account), () => onAccount(account, command))),
    markNotificationsRead: (account, command) => door.enter(() => onNotificationsRead(account, command)),
    story: (caller, command) => permitted(caller, () => {
      const inLane = <A>(work: () => Promise<A>) => lane.run(storiesStream(caller.account), work)
      if (command.type === 'PostStory') return inLane(() => onStories.post(caller, command))
      return command.type === 'DeleteStory' ? inLane(() => onStories.remove(caller, command.storyId)) : onStory(caller, command)
    }),
    expireStories: (author, storyIds) => door.enter(() => lane.run(storiesStream(author), () => onStories.expire(author, storyIds))),
    deviceIsLive: (caller) =>
      door.enter(async () => pipe(await known.standingOf(caller), (standing) => E.right(standing === 'live'))),
    close: async () => {
      await door.close()
      await Promise.all([conversations.saved(), accountStates.saved(), storiesStates.saved()])
    },
  }
}

/** Awaits a promise now, so that its rejection is heard, and gives it out later. */
const settle = <A>(promise: Promise<A>): (() => Promise<A>) => {
  promise.catch(() => undefined)
  return () => promise
}
