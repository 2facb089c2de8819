import * as E from 'fp-ts/lib/Either.js'
import { LRUCache } from 'lru-cache'
import type { Position } from '../../events/event-store.js'
import { derivedId } from '../../events/ids.js'
import { conversationStream, receiptsStream } from '../../events/streams.js'
import type { Problem } from '../../events/wire/answers.js'
import { headOf, visibleTo, type ConversationState } from '../conversation/decider.js'
import type { Caller } from '../command-side.js'
import { receiptsDecider } from '../receipts/decider.js'
import { receiptsProblem, unavailable } from './answers.js'
import { appendSealed } from './append.js'
import { monotonic, type Answer } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import { furthestOf } from './furthest.js'
import type { Lanes } from './lanes.js'
import { sealDrafts } from './seal-drafts.js'
import type { StreamStates } from './stream-states.js'

const KNOWN_MARKERS = 100_000

/** How far a reader is known to have read, and the event that says so. */
interface Marker {
  readonly through: number
  readonly recordedAt: number
  readonly position: Position
}

const acknowledgement = (through: number, { recordedAt, position }: Marker) => ({ sequence: through, recordedAt, mentions: [], position })

/**
 * Advances read markers. While an append for one reader of one conversation is under way, those that come meanwhile become
 * one: the furthest. Equal markers have equal event ids, so one sent again after a crash is stored once.
 */
export const receiptsHandler = (deps: CommandSideDependencies, conversations: StreamStates<ConversationState>, lanes: Lanes) => {
  const known = new LRUCache<string, Marker>({ max: KNOWN_MARKERS })
  const furthest = furthestOf<E.Either<Problem, Marker>>(lanes)

  const append = async (conversation: string, { account, device }: Caller, through: number): Promise<E.Either<Problem, Marker>> => {
    const place = { stream: receiptsStream(conversation), after: undefined, chained: false }
    const recordedAt = deps.clock()
    const stamp = { recordedAt, actor: account, device, command: null, correlation: deps.newId() }
    const draft = { type: 'ReadAdvanced', data: { userId: account, through } } as const
    const ids = [derivedId('read', conversation, account, String(through))]
    const keys = new Map<string, Uint8Array>()
    const sealing = { seal: () => sealDrafts(place, [draft], ids, keys, stamp), keys, renew: async () => E.right(keys), patient: true }
    const appended = await appendSealed(deps.eventStore, place, sealing, deps.elapsed ?? monotonic)
    if (E.isRight(appended)) return E.right({ through, recordedAt, position: appended.right.at.position })
    if (appended.left._tag === 'StoreUnavailable') return E.left(unavailable(appended.left.retryAfterMs))
    throw new Error(`a read marker was not appended: ${appended.left._tag}`)
  }

  const advance = (key: string, conversation: string, caller: Caller, through: number) =>
    furthest(key, through, async (reached) => {
      const appended = await append(conversation, caller, reached)
      if (E.isRight(appended)) known.set(key, appended.right)
      return appended
    })

  const refusal = (state: ConversationState, actor: string, through: number, marker: number) =>
    receiptsDecider.decide({ type: 'MarkRead', actor, visible: visibleTo(state, actor), head: headOf(state), through }, marker)

  /** Refused by the conversation's present only. */
  const decide = (conversation: string, actor: string, through: number, marker: number) => {
    const stream = conversationStream(conversation)
    return lanes.run(stream, async () => {
      const { kept, fresh } = await conversations.current(stream)
      const decision = refusal(kept.state, actor, through, marker)
      return E.isRight(decision) || fresh ? decision : refusal((await conversations.caughtUp(stream, kept)).kept.state, actor, through, marker)
    })
  }

  return async (caller: Caller, conversation: string, through: number): Promise<Answer> => {
    const key = `${receiptsStream(conversation)} ${caller.account}`
    const marker = known.get(key)
    const decision = await decide(conversation, caller.account, through, marker?.through ?? receiptsDecider.initialState)
    if (E.isLeft(decision)) return E.left(receiptsProblem(decision.left))
    if (decision.right.length === 0 && marker !== undefined) return E.right({ ...acknowledgement(through, marker), unchanged: true })
    return E.map((made: Marker) => acknowledgement(through, made))(await advance(key, conversation, caller, through))
  }
}
