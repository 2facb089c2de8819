import * as E from 'fp-ts/lib/Either.js'
import { receiptsStream } from '../../events/streams.js'
import { visibleTo, type ConversationState } from '../conversation/decider.js'
import type { Caller } from '../command-side.js'
import { receiptsDecider } from '../receipts/decider.js'
import { receiptsProblem } from './answers.js'
import { appendReceipt, type AppendedReceipt } from './append-receipt.js'
import { byThePresent } from './by-the-present.js'
import type { Answer } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Lanes } from './lanes.js'
import type { StreamStates } from './stream-states.js'

/**
 * Mutes a conversation for one of its members, or no longer; in the order of the calls. Whether it is in effect already is
 * not asked: the same again appends an event that changes nothing.
 */
export const mutesHandler = (deps: CommandSideDependencies, conversations: StreamStates<ConversationState>, lanes: Lanes) => {
  const [decideNow, append] = [byThePresent(conversations, lanes), appendReceipt(deps)]
  return (caller: Caller, conversation: string, muted: boolean): Promise<Answer> =>
    lanes.run(`${receiptsStream(conversation)} ${caller.account} mute`, async () => {
      const { account: actor } = caller
      const decision = await decideNow(conversation, (state) =>
        receiptsDecider.decide({ type: 'MuteConversation', actor, visible: visibleTo(state, actor), muted }, receiptsDecider.initialState))
      if (E.isLeft(decision)) return E.left(receiptsProblem(decision.left))
      const appended = await append(conversation, caller, { type: 'MuteChanged', data: { userId: actor, muted } }, deps.newId())
      return E.map((made: AppendedReceipt) => ({ ...made, mentions: [] }))(appended)
    })
}
