import type { RecordedEvent } from '../../events/event-store.js'

export const timelineModel = { name: 'timeline', version: 1 } as const

/** What an event changes of a message; the latest of one aspect (of one user and reaction) is what stands. */
export interface MessageChange {
  /** The message's sequence. */
  readonly target: number
  readonly aspect: 'content' | 'deletion' | 'pin' | 'reaction'
  /** Whose reaction, and its key. */
  readonly reaction: { readonly userId: string; readonly key: string } | undefined
  /** False where a reaction or a pin is taken back. */
  readonly stands: boolean
}

/** One event of a conversation as it lies in the log. */
export interface TimelineWrite {
  readonly conversation: string
  readonly sequence: number
  readonly recorded: RecordedEvent
  /** Of a sent message. */
  readonly message: { readonly messageId: string; readonly sender: string } | undefined
  readonly change: MessageChange | undefined
}
