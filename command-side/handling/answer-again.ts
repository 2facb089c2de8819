import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { StreamName } from '../../events/event-store.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { mayRead } from '../../events/visibility.js'
import { encryptionOf, visibleTo, type ConversationState } from '../conversation/decider.js'
import { unavailable } from './answers.js'
import { acknowledged, type Answer } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Verdict } from './devices.js'
import type { NumberedCommand } from './conversation-commands.js'
import { namedBy, outcomesOf } from './mentioned.js'
import { recordedCommand, type Recorded } from './recorded-commands.js'
import { factsAt } from './references.js'
import { isSameCommand, type KeyOfUnit } from './same-command.js'

/** A message's unit bears its id (ADR 5): that is how a removed reaction leads to the key it was told apart with. */
const unitOf = ({ data }: Recorded): ReadonlyArray<string> => ('unit' in data ? [data.unit] : 'messageId' in data ? [data.messageId] : [])

const keysOf = async ({ keyStore }: CommandSideDependencies, events: ReadonlyArray<Recorded>): Promise<E.Either<Problem, KeyOfUnit>> => {
  const units = [...new Set(events.flatMap(unitOf))]
  const states = await keyStore.find(units)()
  if (E.isLeft(states)) return E.left(unavailable(states.left.retryAfterMs))
  const keys = new Map(units.map((unit, index) => [unit, states.right[index]]))
  return E.right((unit) => {
    const state = keys.get(unit)
    return state?._tag === 'Living' ? state.key : undefined
  })
}

/** Whom the message was known to mention by this edit; those of younger edits are told apart by their revision. */
const mentionedByThen = async (deps: CommandSideDependencies, { conversation }: NumberedCommand, { stream, revision }: Recorded, target: number) => {
  const found = await factsAt(deps, { conversation, stream, revision: BigInt(revision) }, target)
  const mentions = E.isRight(found) && O.isSome(found.right.facts) ? found.right.facts.value.mentions : undefined
  return E.map(() => (account: string) => (mentions?.get(account) ?? Number.POSITIVE_INFINITY) <= revision)(found)
}

const mentionsAgain = async (deps: CommandSideDependencies, asked: NumberedCommand, state: ConversationState, last: Recorded): Promise<E.Either<Problem, Acknowledgement['mentions']>> => {
  const encryption = encryptionOf(state)
  const named = encryption === undefined ? E.right([]) : await namedBy(deps)(encryption, asked.command)
  if (E.isLeft(named)) return named
  if (named.right.length === 0) return E.right([])
  const told = last.type === 'MessageSent' ? E.right((account: string) => last.data.mentions?.includes(account) ?? false)
    : last.type === 'MessageEdited' ? await mentionedByThen(deps, asked, last, last.data.target)
    : E.right(() => false)
  return E.map((isNotified: (account: string) => boolean) => outcomesOf(named.right, asked.caller.account, isNotified))(told)
}

const originalAnswer = async (deps: CommandSideDependencies, asked: NumberedCommand, state: ConversationState, last: Recorded): Promise<Answer> => {
  const mentions = await mentionsAgain(deps, asked, state, last)
  if (E.isLeft(mentions)) return mentions
  const messageId = asked.command.type === 'SendMessage' ? asked.command.messageId : undefined
  return E.right(acknowledged({ ...last, ...last.metadata, revision: BigInt(last.revision) }, messageId, mentions.right))
}

/**
 * The answer under a number that was used: the original acknowledgement when the command is the one of then, as far as
 * its events still tell (contents that were forgotten compare as equal), else `counter-reused`.
 */
export const answerAgain = (deps: CommandSideDependencies) =>
  async (asked: NumberedCommand, stream: StreamName, state: ConversationState, { receipt, expected }: Extract<Verdict, { _tag: 'Used' }>): Promise<Answer> => {
    const { caller, counter, command } = asked
    const recorded = await recordedCommand(deps)(stream, caller, counter, receipt)
    if (E.isLeft(recorded)) return recorded
    const events = recorded.right
    const [first, last] = [events.at(0), events.at(-1)]
    if (first === undefined || last === undefined) throw new Error(`${stream} has no events of a command whose number was used`)
    const keyOfUnit = await keysOf(deps, events)
    if (E.isLeft(keyOfUnit)) return keyOfUnit
    const wasMember = (userId: string) => mayRead(visibleTo(state, userId), first.revision)
    const original = { account: caller.account, events, keyOfUnit: keyOfUnit.right, wasMember }
    return isSameCommand(original, command) ? originalAnswer(deps, asked, state, last) : E.left(problem('counter-reused', { expectedCounter: expected }))
  }
