import type { ConversationCommand as WireCommand } from '../../events/wire/commands.js'
import type { ConversationCommand } from '../conversation/commands.js'
import type { Caller } from '../command-side.js'
import type { TargetFacts } from '../ports.js'
import { accountsOf, type Named } from './mentioned.js'

/** A command as it was sent: the device's next number for the conversation, or one it used before. */
export interface NumberedCommand {
  readonly caller: Caller
  readonly conversation: string
  readonly counter: number
  readonly command: WireCommand
}

type Creation = Extract<WireCommand, { readonly type: 'CreateConversation' }>

/** What a creation that does not say gets: end-to-end encryption, and who joins reads nothing older. Direct history is shared by its rule. */
export const creationDefaults = ({ kind, encryption, history }: Creation) => ({
  encryption: encryption ?? 'e2ee',
  history: kind === 'direct' ? 'shared' : (history ?? 'sinceJoin'),
} as const)

/** What the handler knows of the message that a command refers to. */
export interface Reference {
  readonly target: TargetFacts | undefined
  /** Empty where there is no target: its reactions are not told apart then. */
  readonly reactionKey: string
  /** Whether it may be younger than the state that the command is decided on. */
  readonly ahead: boolean
}

export const nothingReferred: Reference = { target: undefined, reactionKey: '', ahead: false }

/** What a member's command is decided with beside its conversation: other streams and registries say it, so no revision fences it. */
export interface Circumstances {
  readonly blocked: boolean
  readonly named: ReadonlyArray<Named>
  readonly storyVisible: boolean
}

export const noCircumstances: Circumstances = { blocked: false, named: [], storyVisible: false }

/** Which message a command refers to, by sequence; a reply refers to the one that it answers. */
export const referredTo = (command: WireCommand): number | undefined =>
  'target' in command ? command.target : command.type === 'SendMessage' ? command.replyTo : undefined

/** The command as its decider takes it: who asks, defaults and facts filled in. */
export const conversationCommand = (
  actor: string, conversation: string, command: WireCommand, { target, reactionKey }: Omit<Reference, 'ahead'>, { blocked, named, storyVisible }: Circumstances,
): ConversationCommand => {
  switch (command.type) {
    case 'CreateConversation':
      return { ...command, ...creationDefaults(command), actor, conversation, name: command.name }
    case 'AddMembers':
    case 'RemoveMember':
    case 'LeaveConversation':
    case 'ChangeRole':
      return { ...command, actor }
    case 'RenameConversation':
      return { ...command, actor, conversation }
    case 'SendMessage':
      return {
        ...command, actor, blocked, envelope: command.envelope, mentioned: accountsOf(named),
        replyTo: command.replyTo === undefined ? undefined : (target ?? 'absent'),
        story: command.story && { reference: command.story, visible: storyVisible },
      }
    case 'EditMessage':
      return { ...command, actor, target, blocked, envelope: command.envelope, mentioned: accountsOf(named) }
    case 'DeleteMessage':
    case 'PinMessage':
    case 'UnpinMessage':
      return { ...command, actor, target }
    case 'React':
      return { ...command, actor, target, reactionKey, blocked }
    case 'Unreact':
      return { ...command, actor, target, reactionKey }
  }
}
