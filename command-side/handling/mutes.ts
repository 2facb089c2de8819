import * as E from 'fp-ts/lib/Either.js'
import { receiptsStream } from '../../events/streams.js'
import type { Acknowledgement } from '../../events/wire/answers.js'
import { visibleTo, type ConversationState } from '../conversation/decider.js'
import type { Caller } from '../command-side.js'
import { receiptsDecider } from '../receipts/decider.js'
import { receiptsProblem } from './answers.js'
import { appendOne, unsealed } from './append-one.js'
import { byThePresent } from './by-the-present.js'
import type { Answer } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Lanes } from './lanes.js'
import { latestEvents } from './latest-events.js'
import type { StreamStates } from './stream-states.js'

interface Mute {
  readonly muted: boolean
  readonly ack: Acknowledgement
}

/** The member's newest word, as far as the latest events tell. */
const lastMute = async (deps: CommandSideDependencies, conversation: string, account: string): Promise<Mute | undefined> => {
  for await (const event of latestEvents(deps, receiptsStream(conversation))) {
    if (event.type !== 'MuteChanged' || event.data.userId !== account) continue
    const { revision: sequence, position, metadata: { recordedAt } } = event
    return { muted: event.data.muted, ack: { sequence, recordedAt, position, mentions: [] } }
  }
  return undefined
}

/**
 * Mutes a conversation for one of its members, or no longer; in the order of the calls. What is in effect already by the
 * latest events is answered `unchanged`; behind many receipts of others the same again appends an event that changes nothing.
 */
export const mutesHandler = (deps: CommandSideDependencies, conversations: StreamStates<ConversationState>, lanes: Lanes) => {
  const [decideNow, append] = [byThePresent(conversations, lanes), appendOne(deps)]
  return (caller: Caller, conversation: string, muted: boolean): Promise<Answer> =>
    lanes.run(`${receiptsStream(conversation)} ${caller.account} mute`, async () => {
      const { account: actor } = caller
      const decide = (before: boolean | undefined) => decideNow(conversation, (state) =>
        receiptsDecider.decide({ type: 'MuteConversation', actor, visible: visibleTo(state, actor), muted }, { ...receiptsDecider.initialState, muted: before }))
      // First: for who is no member nothing is looked up, so that it takes no longer where there is something.
      const allowed = await decide(undefined)
      if (E.isLeft(allowed)) return E.left(receiptsProblem(allowed.left))
      const last = await lastMute(deps, conversation, actor)
      const decision = await decide(last?.muted)
      if (E.isLeft(decision)) return E.left(receiptsProblem(decision.left))
      if (decision.right.length === 0 && last !== undefined) return E.right({ ...last.ack, unchanged: true })
      return append(receiptsStream(conversation), caller, unsealed(deps.newId(), { type: 'MuteChanged', data: { userId: actor, muted } }))
    })
}
