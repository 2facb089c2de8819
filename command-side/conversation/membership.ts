import type { ConversationEvent } from '../../events/registry.js'
import { limits } from '../../events/limits.js'
import type { Draft } from '../handling/draft.js'
import { contentFlaw } from './content.js'
import { memberLimit } from './creation.js'
import { accept, alreadyInEffect, asGroupAdmin, inGroup, refuse, type Command, type Decision } from './decision.js'
import { roleOf, type ConversationState, type Open } from './state.js'

export const addMembers = ({ actor, members }: Command<'AddMembers'>, state: ConversationState): Decision =>
  asGroupAdmin(state, actor, (group) => {
    const joining = [...new Set(members)].filter((userId) => roleOf(group, userId) === undefined)
    const limit = memberLimit(group.encryption)
    if (group.memberCount + joining.length > limit) return refuse({ _tag: 'TooManyMembers', limit })
    return accept(...joining.map((userId) => ({ type: 'MemberAdded', data: { userId, role: 'member' } }) as const))
  })

/** Who has been a member for longest, `leaver` aside. Looks at every participant, which only a last admin's leaving does. */
const longestStanding = (group: Open, leaver: string): string | undefined => {
  let found: { readonly userId: string; readonly since: number } | undefined
  for (const [userId, { standing, since }] of group.participants) {
    if (standing !== 'former' && userId !== leaver && (found === undefined || since < found.since)) found = { userId, since }
  }
  return found?.userId
}

/** A group never stays without an admin: the last one hands the role on in leaving. */
const handover = (group: Open, leaver: string): ReadonlyArray<Draft<ConversationEvent>> => {
  const lastAdmin = group.adminCount === 1 && roleOf(group, leaver) === 'admin'
  const successor = lastAdmin ? longestStanding(group, leaver) : undefined
  return successor === undefined ? [] : [{ type: 'RoleChanged', data: { userId: successor, role: 'admin' } }]
}

export const leave = ({ actor }: { readonly actor: string }, state: ConversationState): Decision =>
  inGroup(state, actor, (group) => accept(...handover(group, actor), { type: 'MemberLeft', data: { userId: actor } }))

/** Removing oneself is leaving, and needs no role. */
export const removeMember = (command: Command<'RemoveMember'>, state: ConversationState): Decision =>
  command.userId === command.actor
    ? leave(command, state)
    : asGroupAdmin(state, command.actor, (group) =>
        roleOf(group, command.userId) === undefined
          ? alreadyInEffect
          : accept({ type: 'MemberRemoved', data: { userId: command.userId } }),
      )

export const changeRole = ({ actor, userId, role }: Command<'ChangeRole'>, state: ConversationState): Decision =>
  asGroupAdmin(state, actor, (group) => {
    const current = roleOf(group, userId)
    if (current === undefined) return refuse({ _tag: 'MemberAbsent', userId })
    if (current === role) return alreadyInEffect
    if (current === 'admin' && group.adminCount === 1) return refuse({ _tag: 'LastAdmin' })
    return accept({ type: 'RoleChanged', data: { userId, role } })
  })

/** The name it has is sealed: whether the new one is the same is not known here, so it is always written. */
export const rename = ({ actor, conversation, name }: Command<'RenameConversation'>, state: ConversationState): Decision =>
  asGroupAdmin(state, actor, (group) => {
    const flaw = contentFlaw(group.encryption, name, limits.nameBytes)
    return flaw === undefined ? accept({ type: 'ConversationRenamed', data: { unit: conversation }, content: name }) : refuse(flaw)
  })
