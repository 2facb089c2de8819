import * as E from 'fp-ts/lib/Either.js'
import type { RecordedEvent, StreamName } from '../../events/event-store.js'
import { conversationStream } from '../../events/streams.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import { conversationDecider, isCurrentMember, type ConversationState } from '../conversation/decider.js'
import type { Accounts } from './accounts.js'
import { answerAgain } from './answer-again.js'
import { conversationProblem } from './answers.js'
import type { BlockFacts } from './blocking.js'
import { circumstancesOf } from './circumstances.js'
import { conversationCommand, noCircumstances, nothingReferred, type NumberedCommand } from './conversation-commands.js'
import { acknowledged, answered, decideAndAppend, settled, unchanged, type Answer, type Decide, type Step } from './deciding.js'
import type { CommandSideDependencies } from './dependencies.js'
import { deviceKey, verdictOn } from './devices.js'
import type { Kept, Last } from './kept.js'
import { outcomesNow } from './mentioned.js'
import { isMessage, isStored, referenceOf } from './references.js'
import type { AnyDraft } from './seal-drafts.js'
import type { StreamStates } from './stream-states.js'
import { keysFor, type ObtainedKeys } from './unit-keys.js'

/** Derived ids (UUIDv8) and the conversation's own name units that are not messages; a message under one would own their key. */
const isMessageId = ({ conversation }: NumberedCommand, messageId: string): boolean => messageId.charAt(14) === '7' && messageId !== conversation

const notAMessageId = problem('malformed', { detail: 'A message id is a new UUID of version 7.' })

const joining = (drafts: ReadonlyArray<AnyDraft>, actor: string): ReadonlyArray<string> =>
  drafts.flatMap((draft) => (draft.type === 'MemberAdded' && draft.data.userId !== actor ? [draft.data.userId] : []))

const unknownMembers = (unknown: ReadonlyArray<string>): Problem =>
  problem('not-found', { detail: `No account is registered under ${unknown.join(', ')}: leave them out, or have them register first.` })

/**
 * The key of a new message, once for the command however often it is decided. A key that somebody made before is taken
 * only when no message was stored under it: then a crash lay between key and append.
 */
const newMessageKeys = (deps: CommandSideDependencies, stream: StreamName, conversation: string, messageId: string) => {
  let obtained: ObtainedKeys | undefined
  return async (drafts: ReadonlyArray<AnyDraft>, news: ReadonlyArray<RecordedEvent>): Promise<E.Either<Problem, ObtainedKeys>> => {
    if (obtained === undefined) {
      const asked = await keysFor(deps.keyStore, stream, conversation)(drafts)
      if (E.isLeft(asked)) return asked
      const stored = asked.right.created ? E.right(false) : await isStored(deps)(conversation, stream, messageId)
      if (E.isLeft(stored)) return stored
      if (stored.right) return E.left(problem('message-id-reused'))
      obtained = asked.right
    }
    return news.some((event) => isMessage(event, messageId)) ? E.left(problem('message-id-reused')) : E.right(obtained)
  }
}

/** Hears what became of the handles that the command names, each time it is decided. */
type Told = (mentions: Acknowledgement['mentions']) => void

interface Surroundings {
  readonly accounts: Accounts
  readonly blocks: BlockFacts
}

/** Whom the actor cannot bring in: who is not registered, and who blocked the actor, which must look the same. */
const absentees = async ({ accounts, blocks }: Surroundings, actor: string, joining: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const [unregistered, blocking] = await Promise.all([accounts.unregistered(joining), blocks.blocking(actor, joining)])
  const absent = new Set([...unregistered, ...blocking])
  return joining.filter((account) => absent.has(account))
}

const deciding = (deps: CommandSideDependencies, around: Surroundings) => (asked: NumberedCommand, stream: StreamName, told: Told): Decide<ConversationState> => {
  const { caller: { account, device }, conversation, counter, command } = asked
  const correlation = deps.newId()
  const keys = keysFor(deps.keyStore, stream, conversation)
  const firstKeys = command.type === 'SendMessage' ? newMessageKeys(deps, stream, conversation, command.messageId) : keys

  const propose = async (drafts: ReadonlyArray<AnyDraft>, news: ReadonlyArray<RecordedEvent>): Promise<Step> => {
    const unknown = await absentees(around, account, joining(drafts, account))
    if (unknown.length > 0) return answered(E.left(unknownMembers(unknown)))
    const obtained = await firstKeys(drafts, news)
    // Keys and stored ids may tell of another process's append that this state does not have yet.
    if (E.isLeft(obtained)) return settled(obtained, true)
    const stamp = { recordedAt: deps.clock(), actor: account, device, command: { counter }, correlation }
    const renew = async () => E.map((again: ObtainedKeys) => again.keys)(await keys(drafts))
    return { _tag: 'Proposed', drafts, stamp, keys: obtained.right.keys, renew }
  }

  const decide = async (kept: Kept<ConversationState>, news: ReadonlyArray<RecordedEvent>): Promise<Step> => {
    const ground = { conversation, stream, revision: kept.last?.revision ?? -1n }
    // Facts are looked up for members only: whoever is none is refused without them.
    const member = isCurrentMember(kept.state, account)
    const reference = member ? await referenceOf(deps)(ground, command) : E.right(nothingReferred)
    if (E.isLeft(reference)) return answered(reference)
    const circumstances = member ? await circumstancesOf(deps, around.blocks)(asked, kept.state) : E.right(noCircumstances)
    if (E.isLeft(circumstances)) return answered(circumstances)
    const decision = conversationDecider.decide(conversationCommand(account, conversation, command, reference.right, circumstances.right), kept.state)
    const { ahead } = reference.right
    if (E.isLeft(decision)) return settled(E.left(conversationProblem(decision.left)), ahead)
    told(outcomesNow(circumstances.right.named, account, decision.right, reference.right.target))
    return decision.right.length === 0 ? settled(unchanged(kept), ahead) : propose(decision.right, news)
  }

  return async (kept, news) => {
    const verdict = verdictOn(kept.devices, deviceKey(account, device), counter)
    switch (verdict._tag) {
      case 'Used':
        return answered(await answerAgain(deps)(asked, stream, kept.state, verdict))
      case 'Skipped':
        return settled(E.left(problem('counter-skipped', { expectedCounter: verdict.expected })))
      case 'Next':
        return decide(kept, news)
    }
  }
}

/** Handles one command to a conversation, given its lane. Deleting destroys the key as soon as the deletion is durable. */
export const conversationHandler = (deps: CommandSideDependencies, states: StreamStates<ConversationState>, around: Surroundings) => {
  const decide = deciding(deps, around)
  const run = decideAndAppend(deps, states)
  return async (asked: NumberedCommand): Promise<Answer> => {
    const { conversation, command } = asked
    const messageId = command.type === 'SendMessage' ? command.messageId : undefined
    let mentions: Acknowledgement['mentions'] = []
    if (messageId !== undefined && !isMessageId(asked, messageId)) return E.left(notAMessageId)
    const onAppended = async (drafts: ReadonlyArray<AnyDraft>, last: Last) => {
      const deleted = drafts.flatMap((draft) => (draft.type === 'MessageDeleted' ? [draft.data.unit] : []))
      // Should it fail, `forgetDeleted` comes to the same event through the feed.
      if (deleted.length > 0) await deps.keyStore.destroy(deleted)()
      return acknowledged(last, messageId, mentions)
    }
    const stream = conversationStream(conversation)
    return run(stream, decide(asked, stream, (told) => { mentions = told }), onAppended)
  }
}
