import { directConversationId } from '../../events/ids.js'
import { limits } from '../../events/limits.js'
import type { Encryption } from '../../events/schemas/conversation.js'
import { contentFlaw } from './content.js'
import { accept, alreadyInEffect, refuse, type Command, type Decision } from './decision.js'
import { isCurrentMember, type ConversationState, type Open } from './state.js'

type Create = Command<'CreateConversation'>

export const memberLimit = (encryption: Encryption): number => (encryption === 'e2ee' ? limits.membersE2ee : limits.membersReadable)

const othersIn = ({ actor, members }: Create): ReadonlyArray<string> => [...new Set(members)].filter((member) => member !== actor)

/** Version 8 of RFC 9562: the id was derived, by `directConversationId` for one. */
const isDerived = (id: string): boolean => id.charAt(14) === '8'

/** Both are plain members: neither has power over the other, so each deletes only what that one sent. */
const openDirect = ({ actor, conversation, encryption, name, ...command }: Create, others: ReadonlyArray<string>): Decision => {
  const [other] = others
  if (other === undefined || others.length > 1) return refuse({ _tag: 'DirectNeedsOneOther' })
  const expected = directConversationId(actor, other)
  if (conversation !== expected) return refuse({ _tag: 'DirectIdExpected', conversation: expected })
  if (name !== undefined) return refuse({ _tag: 'DirectIsFixed' })
  return accept(
    { type: 'ConversationCreated', data: { kind: command.kind, encryption, history: 'shared', creator: actor } },
    { type: 'MemberAdded', data: { userId: actor, role: 'member' } },
    { type: 'MemberAdded', data: { userId: other, role: 'member' } },
  )
}

const openGroup = ({ actor, conversation, kind, encryption, history, name }: Create, others: ReadonlyArray<string>): Decision => {
  if (isDerived(conversation)) return refuse({ _tag: 'GroupIdExpected' })
  const limit = memberLimit(encryption)
  if (1 + others.length > limit) return refuse({ _tag: 'TooManyMembers', limit })
  const flaw = name && contentFlaw(encryption, name, limits.nameBytes)
  if (flaw !== undefined) return refuse(flaw)
  return accept(
    { type: 'ConversationCreated', data: { kind, encryption, history, creator: actor } },
    { type: 'MemberAdded', data: { userId: actor, role: 'admin' } },
    ...others.map((userId) => ({ type: 'MemberAdded', data: { userId, role: 'member' } }) as const),
    ...(name === undefined ? [] : [{ type: 'ConversationRenamed', data: { unit: conversation }, content: name } as const]),
  )
}

/** What was fixed at creation. A direct conversation is the same whoever of the two opens it, and its history is always shared. */
const createdSo = (conversation: Open, { actor, kind, encryption, history }: Create): boolean =>
  conversation.kind === kind &&
  conversation.encryption === encryption &&
  (kind === 'direct' || (conversation.creator === actor && conversation.history === history))

/** Whoever is no member is not told that the conversation is there. */
const openAgain = (conversation: Open, command: Create): Decision => {
  if (!isCurrentMember(conversation, command.actor)) return refuse({ _tag: 'ConversationAbsent' })
  return createdSo(conversation, command) ? alreadyInEffect : refuse({ _tag: 'CreatedOtherwise' })
}

export const create = (command: Create, state: ConversationState): Decision => {
  if (state._tag === 'Open') return openAgain(state, command)
  return command.kind === 'direct' ? openDirect(command, othersIn(command)) : openGroup(command, othersIn(command))
}
