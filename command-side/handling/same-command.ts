import { isDeepStrictEqual } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { canonicalBytes } from '../../events/canonical.js'
import { open } from '../../events/sealing.js'
import type { Content, ConversationCommand } from '../../events/wire/commands.js'
import { creationDefaults } from './conversation-commands.js'
import type { Recorded } from './recorded-commands.js'
import { reactionKey } from './unit-keys.js'

/** The key of a unit; undefined once it was destroyed. */
export type KeyOfUnit = (unit: string) => Uint8Array | undefined

type Of<T extends Recorded['type']> = Extract<Recorded, { readonly type: T }>
type Asked<T extends ConversationCommand['type']> = Extract<ConversationCommand, { readonly type: T }>

export interface Original {
  readonly account: string
  readonly events: ReadonlyArray<Recorded>
  readonly keyOfUnit: KeyOfUnit
  /** Whether this account was a member already when the command was decided, as far as is known. */
  readonly wasMember: (userId: string) => boolean
}

const ofType = <T extends Recorded['type']>(events: ReadonlyArray<Recorded>, type: T): ReadonlyArray<Of<T>> =>
  events.filter((event): event is Of<T> => event.type === type)

/** Of a content that was forgotten nothing is left to compare. */
const sameContent = ({ keyOfUnit }: Original, event: Recorded, unit: string, content: Content): boolean => {
  const key = keyOfUnit(unit)
  if (key === undefined || event.sealed === undefined) return true
  const opened = open(key, { stream: event.stream, eventId: event.id, type: event.type }, event.sealed)
  const asked = canonicalBytes(content)
  return E.isRight(opened) && E.isRight(asked) && Buffer.compare(opened.right.content, asked.right) === 0
}

const sameReaction = ({ keyOfUnit }: Original, recorded: string, unit: string, reaction: Content): boolean => {
  const key = keyOfUnit(unit)
  if (key === undefined) return true
  const asked = reactionKey(key, reaction)
  return E.isRight(asked) && asked.right === recorded
}

const added = (events: ReadonlyArray<Recorded>): ReadonlySet<string> => new Set(ofType(events, 'MemberAdded').map(({ data }) => data.userId))

const sameCreation = (original: Original, command: Asked<'CreateConversation'>): boolean => {
  const [created] = ofType(original.events, 'ConversationCreated')
  const [named] = ofType(original.events, 'ConversationRenamed')
  if (created === undefined || (named === undefined) !== (command.name === undefined)) return false
  const { encryption, history } = creationDefaults(command)
  return (
    isDeepStrictEqual(created.data, { kind: command.kind, encryption, history, creator: original.account }) &&
    isDeepStrictEqual(added(original.events), new Set([...command.members, original.account])) &&
    (named === undefined || command.name === undefined || sameContent(original, named, named.data.unit, command.name))
  )
}

/** Those who were members already are not in the events. */
const sameAddition = ({ events, wasMember }: Original, { members }: Asked<'AddMembers'>): boolean => {
  const joined = added(events)
  return joined.size > 0 && [...joined].every((userId) => members.includes(userId)) && members.every((userId) => joined.has(userId) || wasMember(userId))
}

const sameMessage = (original: Original, { messageId, replyTo, story, envelope, content }: Asked<'SendMessage'>): boolean =>
  ofType(original.events, 'MessageSent').some((event) =>
    event.data.messageId === messageId && event.data.replyTo === replyTo &&
    isDeepStrictEqual(event.data.story, story) && isDeepStrictEqual(event.data.envelope, envelope) &&
    sameContent(original, event, event.data.unit, content))

const left = ({ events }: Original, userId: string): boolean => ofType(events, 'MemberLeft').some(({ data }) => data.userId === userId)

type AboutMessage = Extract<Recorded, { readonly data: { readonly target: number } }>

const about = <T extends AboutMessage['type']>({ events }: Original, type: T, target: number): Of<T> | undefined =>
  events.find((event): event is Of<T> => event.type === type && 'target' in event.data && event.data.target === target)

const sameEdit = (original: Original, { target, content, envelope }: Asked<'EditMessage'>): boolean => {
  const event = about(original, 'MessageEdited', target)
  return event !== undefined && isDeepStrictEqual(event.data.envelope, envelope) && sameContent(original, event, event.data.unit, content)
}

const sameReactionAdded = (original: Original, { target, reaction }: Asked<'React'>): boolean => {
  const event = about(original, 'ReactionAdded', target)
  return event !== undefined && sameReaction(original, event.data.reaction, event.data.unit, reaction)
}

const sameReactionRemoved = (original: Original, { target, reaction }: Asked<'Unreact'>): boolean => {
  const event = about(original, 'ReactionRemoved', target)
  // A message's unit bears its id (ADR 5).
  return event !== undefined && sameReaction(original, event.data.reaction, event.data.messageId, reaction)
}

/** Whether the command asks for what these events, recorded under its number, did. */
export const isSameCommand = (original: Original, command: ConversationCommand): boolean => {
  const { events, account } = original
  switch (command.type) {
    case 'CreateConversation':
      return sameCreation(original, command)
    case 'AddMembers':
      return !ofType(events, 'ConversationCreated').length && sameAddition(original, command)
    case 'RemoveMember':
      return command.userId === account ? left(original, account) : ofType(events, 'MemberRemoved').some(({ data }) => data.userId === command.userId)
    case 'LeaveConversation':
      return left(original, account)
    case 'ChangeRole':
      return !left(original, account) && ofType(events, 'RoleChanged').some(({ data }) => data.userId === command.userId && data.role === command.role)
    case 'RenameConversation':
      return events.length === 1 && ofType(events, 'ConversationRenamed').some((event) => sameContent(original, event, event.data.unit, command.name))
    case 'SendMessage':
      return sameMessage(original, command)
    case 'EditMessage':
      return sameEdit(original, command)
    case 'DeleteMessage':
      return about(original, 'MessageDeleted', command.target) !== undefined
    case 'React':
      return sameReactionAdded(original, command)
    case 'Unreact':
      return sameReactionRemoved(original, command)
    case 'PinMessage':
      return about(original, 'MessagePinned', command.target) !== undefined
    case 'UnpinMessage':
      return about(original, 'MessageUnpinned', command.target) !== undefined
  }
}
