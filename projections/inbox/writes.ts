import type { Position } from '../../events/event-store.js'

export const inboxModel = { name: 'inbox', version: 1 } as const

/** One event of a conversation as the list of conversations sees it. */
export interface InboxWrite {
  readonly conversation: string
  readonly sequence: number
  readonly position: Position
  readonly at: number
  /** Whether it brings the conversation to the top. */
  readonly activity: boolean
  readonly message: boolean
  readonly name: boolean
}
