import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { distinctHandles, mentionsIn } from '../../events/mentions.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { Encryption } from '../../events/schemas/conversation.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import type { ConversationCommand } from '../../events/wire/commands.js'
import type { TargetFacts } from '../ports.js'
import { unavailable } from './answers.js'
import type { CommandSideDependencies } from './dependencies.js'
import type { Draft } from './draft.js'

/** A handle that a message names, and who holds it. */
export interface Named {
  readonly handle: string
  readonly account: string | undefined
}

/** In `readable` the text says who is mentioned, in `e2ee` only the client can (X2). */
const handlesIn = (encryption: Encryption, command: ConversationCommand): ReadonlyArray<string> => {
  if (command.type !== 'SendMessage' && command.type !== 'EditMessage') return []
  if (encryption === 'e2ee') return distinctHandles(command.mentions ?? [])
  return 'text' in command.content ? mentionsIn(command.content.text) : []
}

type Holders = Pick<CommandSideDependencies, 'handles' | 'handleDigest'>

/** Who holds these handles, in their order, by one look-up; none without a handle. */
export const holdersOf = ({ handles, handleDigest }: Holders) => async (found: ReadonlyArray<string>): Promise<E.Either<Problem, ReadonlyArray<Named>>> => {
  if (found.length === 0) return E.right([])
  const holders = await handles.holders(found.map(handleDigest))()
  if (E.isLeft(holders)) return E.left(unavailable(holders.left.retryAfterMs))
  return E.right(found.map((handle, index) => ({ handle, account: O.toUndefined(holders.right[index] ?? O.none) })))
}

/** Whom the command names, in the order of the text. */
export const namedBy = (deps: Holders) => (encryption: Encryption, command: ConversationCommand): Promise<E.Either<Problem, ReadonlyArray<Named>>> =>
  holdersOf(deps)(handlesIn(encryption, command))

/** The accounts among them, each once. */
export const accountsOf = (named: ReadonlyArray<Named>): ReadonlyArray<string> =>
  [...new Set(named.flatMap(({ account }) => account ?? []))]

/**
 * What became of each handle. The events say who is notified, so that this is the same whenever it is asked again, whoever
 * joined or left since; only of a handle that changed its holder the answer changes with it (ADR 16).
 */
export const outcomesOf = (named: ReadonlyArray<Named>, actor: string, isNotified: (account: string) => boolean): Acknowledgement['mentions'] =>
  named.map(({ handle, account }) => {
    if (account === undefined) return { handle, outcome: 'unknown' }
    if (account === actor) return { handle, outcome: 'self' }
    return { handle, outcome: isNotified(account) ? 'notified' : 'not-a-member' }
  })

/** The same of a command that makes these drafts; whom the edited message mentioned before counts as notified. */
export const outcomesNow = (named: ReadonlyArray<Named>, actor: string, drafts: ReadonlyArray<Draft<ConversationEvent>>, target: TargetFacts | undefined): Acknowledgement['mentions'] => {
  const mentioning = drafts.flatMap((draft) => (draft.type === 'MessageSent' || draft.type === 'MessageEdited' ? [draft] : []))
  const now = mentioning.flatMap(({ data }) => data.mentions ?? [])
  const earlier = mentioning.some(({ type }) => type === 'MessageEdited') ? [...(target?.mentions.keys() ?? [])] : []
  const notified = new Set([...now, ...earlier])
  return outcomesOf(named, actor, (account) => notified.has(account))
}
