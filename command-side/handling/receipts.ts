import * as E from 'fp-ts/lib/Either.js'
import { LRUCache } from 'lru-cache'
import { derivedId } from '../../events/ids.js'
import { receiptsStream } from '../../events/streams.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import { headOf, visibleTo, type ConversationState } from '../conversation/decider.js'
import type { Caller } from '../command-side.js'
import { receiptsDecider } from '../receipts/decider.js'
import { receiptsProblem } from './answers.js'
import { appendOne, unsealed } from './append-one.js'
import { byThePresent } from './by-the-present.js'
import type { Answer } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import { furthestOf } from './furthest.js'
import type { Lanes } from './lanes.js'
import type { StreamStates } from './stream-states.js'

const KNOWN_MARKERS = 100_000

/** How far a reader is known to have read, and the acknowledgement of the event that says so. */
interface Marker {
  readonly through: number
  readonly ack: Acknowledgement
}

const acknowledgement = (through: number, { ack }: Marker): Acknowledgement => ({ ...ack, sequence: through })

/**
 * Advances read markers. While an append for one reader of one conversation is under way, those that come meanwhile become
 * one: the furthest. Equal markers have equal event ids, so one sent again after a crash is stored once.
 */
export const receiptsHandler = (deps: CommandSideDependencies, conversations: StreamStates<ConversationState>, lanes: Lanes) => {
  const known = new LRUCache<string, Marker>({ max: KNOWN_MARKERS })
  const [appendTo, decideNow] = [appendOne(deps), byThePresent(conversations, lanes)]
  const furthest = furthestOf<E.Either<Problem, Marker>>(lanes)

  const append = async (conversation: string, caller: Caller, through: number): Promise<E.Either<Problem, Marker>> => {
    const { account: userId } = caller
    const id = derivedId('read', conversation, userId, String(through))
    const appended = await appendTo(receiptsStream(conversation), caller, unsealed(id, { type: 'ReadAdvanced', data: { userId, through } }))
    return E.map((ack: Acknowledgement) => ({ through, ack }))(appended)
  }

  const advance = (key: string, conversation: string, caller: Caller, through: number) =>
    furthest(key, through, async (reached) => {
      const appended = await append(conversation, caller, reached)
      if (E.isRight(appended)) known.set(key, appended.right)
      return appended
    })

  const decide = (conversation: string, actor: string, through: number, marker: Marker | undefined) => decideNow(conversation, (state) => receiptsDecider.decide(
    { type: 'MarkRead', actor, visible: visibleTo(state, actor), head: headOf(state), through }, { ...receiptsDecider.initialState, ...(marker && { through: marker.through }) },
  ))

  return async (caller: Caller, conversation: string, through: number): Promise<Answer> => {
    const key = `${receiptsStream(conversation)} ${caller.account}`
    const marker = known.get(key)
    const decision = await decide(conversation, caller.account, through, marker)
    if (E.isLeft(decision)) return E.left(receiptsProblem(decision.left))
    if (decision.right.length === 0 && marker !== undefined) return E.right({ ...acknowledgement(through, marker), unchanged: true })
    return E.map((made: Marker) => acknowledgement(through, made))(await advance(key, conversation, caller, through))
  }
}
