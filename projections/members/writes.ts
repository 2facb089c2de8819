import type { Position } from '../../events/event-store.js'
import type { Role } from '../../events/schemas/common.js'
import type { ConversationKind, Encryption, History } from '../../events/schemas/conversation.js'

export const membersModel = { name: 'members', version: 1 } as const

interface OfMember {
  readonly conversation: string
  readonly userId: string
  /** A member's row only ever moves forward in it. */
  readonly revision: number
}

/** When a membership began or ended. */
interface Turn {
  readonly position: Position
  readonly at: number
}

export type MembersWrite =
  | {
      readonly op: 'created'
      readonly conversation: string
      readonly kind: ConversationKind
      readonly encryption: Encryption
      readonly history: History
    }
  /** May read from `from` on, by the conversation's history, beside what it could read before. */
  | (OfMember & Turn & { readonly op: 'added'; readonly role: Role; readonly from: Readonly<Record<History, number>> })
  /** May read up to this event. */
  | (OfMember & Turn & { readonly op: 'removed' })
  | (OfMember & { readonly op: 'role'; readonly role: Role })
