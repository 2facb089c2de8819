import { createHmac } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { uuidv7 } from 'uuidv7'
import { memoryEventStore } from '../../adapters/memory/event-store.js'
import { memoryAudience, memoryAudienceModel } from '../../adapters/memory/read-models/audience.js'
import { memoryHandleRegistry } from '../../adapters/memory/handle-registry.js'
import { memoryKeyStore } from '../../adapters/memory/key-store.js'
import { memoryKeyring } from '../../adapters/memory/keyring.js'
import { emptyMemoryLog, type MemoryLog } from '../../adapters/memory/log.js'
import { memorySnapshotStore } from '../../adapters/memory/snapshot-store.js'
import { emptyMemoryUnits } from '../../adapters/memory/unit-rows.js'
import type { Caller, CommandSide, CommandSideDependencies } from '../../command-side/index.js'
import { createCommandSide } from '../../command-side/index.js'
import type { CommandReceipts, MessageFacts, Snapshot } from '../../command-side/ports.js'
import type { Audience } from '../../events/audience.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import type { ConversationCommand } from '../../events/wire/commands.js'

/** Projections that have seen nothing yet: a complete answer of their ports, so the tail of the stream decides alone. */
export const nothingProjected: { readonly messageFacts: MessageFacts; readonly commandReceipts: CommandReceipts; readonly audience: Audience } = {
  audience: memoryAudience(memoryAudienceModel()),
  messageFacts: {
    bySequence: () => TE.right({ atRevision: -1, facts: O.none }),
    byMessageId: () => TE.right({ atRevision: -1, sequence: O.none }),
  },
  commandReceipts: { find: () => TE.right({ atRevision: -1, first: O.none, last: O.none }) },
}

export const handleDigest = (handle: string): string => createHmac('sha256', 'spec').update(handle.toLowerCase()).digest('base64url')

/** The memory adapters of one "disk": each command side over it is another process, or the same one after a restart. */
export const commandSides = () => {
  const [log, units, keyring] = [emptyMemoryLog(), emptyMemoryUnits(), memoryKeyring()]
  const [kept, claims] = [new Map<string, Snapshot>(), new Map<string, string>()]
  const problems: unknown[] = []
  const parts = (): CommandSideDependencies => ({
    eventStore: memoryEventStore(log),
    keyStore: memoryKeyStore(units, keyring),
    snapshots: memorySnapshotStore(kept),
    handles: memoryHandleRegistry(claims),
    ...nothingProjected,
    handleDigest,
    clock: Date.now,
    newId: uuidv7,
    hooks: { defect: (error) => { problems.push(error) } },
  })
  const start = (over: Partial<CommandSideDependencies> = {}): CommandSide => createCommandSide({ ...parts(), ...over })
  return { log, units, keyring, kept, claims, parts, start, defects: problems }
}

/** Everything that is stored, to compare before and after. */
export const stored = (log: MemoryLog): number => log.events.length

export const answer = async <A>(task: TE.TaskEither<unknown, A>): Promise<A> => {
  const done = await task()
  if (E.isLeft(done)) throw new Error(`refused: ${JSON.stringify(done.left)}`)
  return done.right
}

export const refusal = async (task: TE.TaskEither<Problem, unknown>): Promise<Problem> => {
  const done = await task()
  if (E.isRight(done)) throw new Error(`not refused: ${JSON.stringify(done.right)}`)
  return done.left
}

/** The code of a problem, without its prefix. */
export const codeOf = ({ type }: Problem): string => type.replace('urn:tidings:problem:', '')

let handles = 0

export interface Member extends Caller {
  readonly handle: string
}

/** A registered account with a live device. */
export const aMember = async (side: CommandSide): Promise<Member> => {
  const member = { account: uuidv7(), device: uuidv7(), handle: `member_${(handles += 1)}` }
  await answer(side.account(member.account, { type: 'RegisterAccount', profile: { handle: member.handle, name: 'A Member' } }))
  await answer(side.account(member.account, { type: 'RegisterDevice', deviceId: member.device }))
  return member
}

/** A readable group that this caller created with those members, under counter 1. */
export const aGroup = async (side: CommandSide, creator: Caller, ...members: ReadonlyArray<Caller>): Promise<string> => {
  const conversation = uuidv7()
  await answer(side.conversation(creator, conversation, 1, {
    type: 'CreateConversation', kind: 'group', encryption: 'readable', history: 'shared', members: members.map(({ account }) => account),
  }))
  return conversation
}

/** Sends the commands of one device to one conversation under its next numbers. */
export const numbered = (side: CommandSide, caller: Caller, conversation: string, from = 1) => {
  let counter = from - 1
  return (command: ConversationCommand): Promise<Acknowledgement> => answer(side.conversation(caller, conversation, (counter += 1), command))
}

export const message = (text: string, more: { readonly replyTo?: number; readonly messageId?: string } = {}) =>
  ({ type: 'SendMessage', messageId: uuidv7(), content: { text }, ...more }) as const
