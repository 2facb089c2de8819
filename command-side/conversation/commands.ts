import type { Role, Envelope } from '../../events/schemas/common.js'
import type { ConversationKind, Encryption, History, StoryReference } from '../../events/schemas/conversation.js'
import type { Content } from '../../events/wire/commands.js'
import type { TargetFacts } from '../ports.js'

interface Asked {
  readonly actor: string
}

/** What a member says or does to be heard by the others. */
interface Uttered {
  /** Whether somebody else here blocked the actor, or the other way round: asked for direct conversations only. */
  readonly blocked: boolean
}

interface Mentioning {
  /** Accounts that the message names, members or not, each once. */
  readonly mentioned: ReadonlyArray<string>
}

/** `target` is what is known of the message that the command refers to; undefined when the conversation has no such message. */
interface AboutMessage extends Asked {
  readonly target: TargetFacts | undefined
}

/** What is asked of a conversation; identifiers, defaults and facts are filled in by the handler. */
export type ConversationCommand =
  | (Asked & {
      readonly type: 'CreateConversation'
      readonly conversation: string
      readonly kind: ConversationKind
      readonly encryption: Encryption
      readonly history: History
      /** Beside the actor, who becomes a member and admin in any case. */
      readonly members: ReadonlyArray<string>
      readonly name: Content | undefined
    })
  | (Asked & { readonly type: 'AddMembers'; readonly members: ReadonlyArray<string> })
  | (Asked & { readonly type: 'RemoveMember'; readonly userId: string })
  | (Asked & { readonly type: 'LeaveConversation' })
  | (Asked & { readonly type: 'ChangeRole'; readonly userId: string; readonly role: Role })
  | (Asked & { readonly type: 'RenameConversation'; readonly conversation: string; readonly name: Content })
  | (Asked & Uttered & Mentioning & {
      readonly type: 'SendMessage'
      readonly messageId: string
      readonly content: Content
      /** What is known of the message that is answered; `absent` when the command names one that is not there. */
      readonly replyTo: TargetFacts | 'absent' | undefined
      /** The story that is answered, and whether the actor may see it. */
      readonly story: { readonly reference: StoryReference; readonly visible: boolean } | undefined
      readonly envelope: Envelope | undefined
    })
  | (AboutMessage & Uttered & Mentioning & { readonly type: 'EditMessage'; readonly content: Content; readonly envelope: Envelope | undefined })
  | (AboutMessage & { readonly type: 'DeleteMessage' })
  | (AboutMessage & Uttered & { readonly type: 'React'; readonly reaction: Content; /** Its HMAC under the message's unit key (ADR 6). */ readonly reactionKey: string })
  | (AboutMessage & { readonly type: 'Unreact'; readonly reactionKey: string })
  | (AboutMessage & { readonly type: 'PinMessage' })
  | (AboutMessage & { readonly type: 'UnpinMessage' })
