import * as E from 'fp-ts/lib/Either.js'
import type { ConversationEvent } from '../../events/registry.js'
import type { Role } from '../../events/schemas/common.js'
import { mayRead } from '../../events/visibility.js'
import type { Draft } from '../handling/draft.js'
import type { TargetFacts } from '../ports.js'
import type { ConversationCommand } from './commands.js'
import type { ConversationRejection } from './rejections.js'
import { roleOf, visibleTo, type ConversationState, type Open } from './state.js'

export type Command<T extends ConversationCommand['type']> = Extract<ConversationCommand, { type: T }>
export type Decision = E.Either<ConversationRejection, ReadonlyArray<Draft<ConversationEvent>>>

export const alreadyInEffect: Decision = E.right([])
export const refuse = (rejection: ConversationRejection): Decision => E.left(rejection)
export const accept = (...events: ReadonlyArray<Draft<ConversationEvent>>): Decision => E.right(events)

export const asMember = (state: ConversationState, actor: string, then: (conversation: Open, role: Role) => Decision): Decision => {
  if (state._tag === 'Absent') return refuse({ _tag: 'ConversationAbsent' })
  const role = roleOf(state, actor)
  return role === undefined ? refuse({ _tag: 'NotAMember' }) : then(state, role)
}

/** Who belongs to a direct conversation and what it is called never changes: such commands are a group's only. */
export const inGroup = (state: ConversationState, actor: string, then: (group: Open, role: Role) => Decision): Decision =>
  asMember(state, actor, (conversation, role) =>
    conversation.kind === 'direct' ? refuse({ _tag: 'DirectIsFixed' }) : then(conversation, role),
  )

export const asGroupAdmin = (state: ConversationState, actor: string, then: (group: Open) => Decision): Decision =>
  inGroup(state, actor, (group, role) => (role === 'admin' ? then(group) : refuse({ _tag: 'NotAnAdmin' })))

/** A message that the actor may not read is, to the actor, not there. */
export const mayReadMessage = (conversation: Open, actor: string, message: TargetFacts): boolean =>
  mayRead(visibleTo(conversation, actor), message.sequence)

/** For commands about one message: a member, and a message that this member may read, deleted or not. */
export const aboutMessage = (
  state: ConversationState,
  { actor, target }: { readonly actor: string; readonly target: TargetFacts | undefined },
  then: (target: TargetFacts, conversation: Open, role: Role) => Decision,
): Decision =>
  asMember(state, actor, (conversation, role) =>
    target === undefined || !mayReadMessage(conversation, actor, target)
      ? refuse({ _tag: 'MessageAbsent' })
      : then(target, conversation, role),
  )

/** As `aboutMessage`, and the message still has its content. */
export const aboutLivingMessage: typeof aboutMessage = (state, command, then) =>
  aboutMessage(state, command, (target, conversation, role) =>
    target.deleted ? refuse({ _tag: 'MessageIsDeleted' }) : then(target, conversation, role),
  )
