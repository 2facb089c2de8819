import type { Indexed, SearchDocument } from '../../events/search/index-port.js'

export const searchModel = { name: 'search', version: 1 } as const

interface OfMessage {
  readonly conversation: string
  readonly sequence: number
  /** Revision of the event that caused it: a message's entry only ever moves forward in it. */
  readonly version: number
}

export type SearchWrite =
  | { readonly op: 'put'; readonly version: number; readonly document: SearchDocument }
  /** The message as it was edited; one that was never put stays away. */
  | (OfMessage & { readonly op: 'reword'; readonly indexed: Indexed })
  /** Comes also of a message that was forgotten before it was put: `sentAt` says where what others may have put lies. */
  | (OfMessage & { readonly op: 'remove'; readonly sentAt?: number })
