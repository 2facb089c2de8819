import type { Audience } from '../../events/audience.js'
import type { EventStore, StreamName } from '../../events/event-store.js'
import type { KeyStore } from '../../events/key-store.js'
import type { Clock } from '../../platform/clock.js'
import type { NewId } from '../../platform/identifiers.js'
import type { CommandReceipts, HandleRegistry, MessageFacts, SnapshotStore, StoryFacts } from '../ports.js'

export interface CommandSideDependencies {
  readonly eventStore: EventStore
  readonly keyStore: KeyStore
  readonly snapshots: SnapshotStore
  readonly messageFacts: MessageFacts
  readonly commandReceipts: CommandReceipts
  readonly handles: HandleRegistry
  /** Who may see whose stories. */
  readonly audience: Audience
  /** Accounts that may look at any living story, by a recorded command; default none. */
  readonly administrators?: ReadonlySet<string>
  /** Default: what the streams of the stories and the audience say. */
  readonly storyFacts?: StoryFacts
  /** Keyed, of the handle without its case: what the handle registry knows. */
  readonly handleDigest: (handle: string) => string
  /** Recorded as it is: a clock that is wrong mislabels what it stamps and orders nothing (L4). */
  readonly clock: Clock
  readonly newId: NewId
  /** Milliseconds, never going back; default the process's own. For tests. */
  readonly elapsed?: () => number
  /** For metrics and the log; must not throw. */
  readonly hooks?: {
    /** Another append was quicker and a command is decided again. */
    readonly conflict?: (stream: StreamName) => void
    /** A defect answered `internal`. */
    readonly defect?: (error: unknown) => void
  }
}
