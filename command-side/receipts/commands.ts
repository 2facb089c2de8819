import type { Visible } from '../../events/visibility.js'

/** What a reader says of a conversation; the facts about the conversation are filled in by the handler. */
export interface MarkRead {
  readonly type: 'MarkRead'
  readonly actor: string
  /** What the actor may read of the conversation. */
  readonly visible: ReadonlyArray<Visible>
  /** Revision of the conversation's latest event; -1 when there is none. */
  readonly head: number
  /** Everything up to this revision is read. */
  readonly through: number
}

/** Whether the conversation notifies the actor. */
export interface MuteConversation {
  readonly type: 'MuteConversation'
  readonly actor: string
  readonly visible: ReadonlyArray<Visible>
  readonly muted: boolean
}

export type ReceiptsCommand = MarkRead | MuteConversation
