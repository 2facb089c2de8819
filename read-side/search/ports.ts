import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Encryption } from '../../events/schemas/conversation.js'
import type { Visible } from '../../events/visibility.js'
import type { StoredMessage, Unavailable } from '../ports.js'

/** What a search reads beside the index; each answer is of one committed state of the read models. */
export interface SearchReader {
  /** Conversations of which the account may see something now, and how each is encrypted; by conversation. */
  readonly searchable: (account: string) => TaskEither<Unavailable, ReadonlyArray<{
    readonly conversation: string
    readonly encryption: Encryption
    readonly visible: ReadonlyArray<Visible>
  }>>
  /** Messages as the account may see them now, in no order; those that it may not see, or that are not there, are left out. */
  readonly messages: (account: string, places: ReadonlyArray<{ readonly conversation: string; readonly sequence: number }>) => TaskEither<Unavailable, ReadonlyArray<StoredMessage>>
}
