import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { StreamName } from '../events/event-store.js'

export interface Unavailable {
  readonly _tag: 'Unavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

/** The state of a stream after `revision`, so that loading it does not read the stream from its beginning. */
export interface Snapshot {
  readonly stream: StreamName
  readonly revision: bigint
  /** Snapshots of another schema are ignored: a snapshot is a cache, the stream is the truth. */
  readonly schema: number
  /** Hash of the event at `revision`: what the next event's `previous` will be. */
  readonly hash: string
  readonly state: Uint8Array
}

export interface SnapshotStore {
  /** Keeps the snapshot unless a newer one of the same schema is there. Idempotent; losing one loses nothing. */
  readonly save: (snapshot: Snapshot) => TaskEither<Unavailable, void>
  readonly load: (stream: StreamName, schema: number) => TaskEither<Unavailable, Option<Snapshot>>
}

/** What is known of the message that a command refers to, as of `atRevision` of its conversation. */
export interface TargetFacts {
  readonly sequence: number
  readonly messageId: string
  readonly sender: string
  readonly unit: string
  readonly deleted: boolean
  /** `${userId}:${reactionKey}` of the reactions that stand. */
  readonly reactions: ReadonlySet<string>
  /** Whom the message or its edits mentioned, with the revision of the event that did so first. */
  readonly mentions: ReadonlyMap<string, number>
}

/**
 * Facts about messages from a projection of the conversation's own stream. They may lag: `atRevision` says up to
 * where they hold (-1: nothing projected yet), and the caller reads the stream from there on.
 */
export interface MessageFacts {
  readonly bySequence: (conversation: string, sequence: number) => TaskEither<Unavailable, { readonly atRevision: number; readonly facts: Option<TargetFacts> }>
  readonly byMessageId: (conversation: string, messageId: string) => TaskEither<Unavailable, { readonly atRevision: number; readonly sequence: Option<number> }>
}

/** Which revision a device's command ended at; lags like every projection, `atRevision` says up to where it holds. */
export interface CommandReceipts {
  readonly find: (
    stream: StreamName,
    device: string,
    counter: number,
  ) => TaskEither<Unavailable, { readonly atRevision: number; readonly first: Option<number>; readonly last: Option<number> }>
}

/** One account per handle. Handles are known here by a keyed digest only. */
export interface HandleRegistry {
  /**
   * Claims the handle for the account: `true` when it is (or already was) this account's. Atomic among all callers;
   * idempotent; an account holds one handle, a new claim stands beside the old one until `release`.
   */
  readonly claim: (handleDigest: string, account: string) => TaskEither<Unavailable, boolean>
  readonly release: (handleDigest: string, account: string) => TaskEither<Unavailable, void>
  /** Who holds the handle. */
  readonly holder: (handleDigest: string) => TaskEither<Unavailable, Option<string>>
  /** Who holds each of the handles, in the order asked, by one look-up. */
  readonly holders: (handleDigests: ReadonlyArray<string>) => TaskEither<Unavailable, ReadonlyArray<Option<string>>>
}

/** What a message that answers a story must know of it. */
export interface StoryFacts {
  /** Whether the author's story is there for the viewer now: audience, deletion and its 24 hours. */
  readonly visibleTo: (viewer: string, author: string, storyId: string) => TaskEither<Unavailable, boolean>
}

/** A story that is over and whose end is not known yet. */
export interface DueStory {
  readonly storyId: string
  readonly author: string
  /** Milliseconds since 1970. */
  readonly postedAt: number
}

/** What the sweep has before it. A projection: stories that ended a moment ago may still be among them. */
export interface DueStories {
  /** Those that are over at `now` (milliseconds since 1970), the oldest first, beginning after `after`; at most `limit`. */
  readonly due: (now: number, limit: number, after?: DueStory) => TaskEither<Unavailable, ReadonlyArray<DueStory>>
}

/** What read models still hold of stories that ended: nobody sees it any more. */
export interface EndedStories {
  /** Drops some of it, at most `limit` rows in a transaction; whether more is left. Repeatable, also by several at once. */
  readonly drop: (limit: number) => TaskEither<Unavailable, boolean>
}

/**
 * One leader among the processes. Two may each take themselves for it for a moment, when the first lost it and does not know
 * yet: whatever leaders do must be safe without one.
 */
export interface Leadership {
  /**
   * Whether this process leads now; it takes the lead where nobody has it. Asked anew each time, within bounded time; `false`
   * also while that cannot be known. Who dies or is cut off leads no more. Never rejects.
   */
  readonly leads: () => Promise<boolean>
  /** Leaves the lead to others; `leads` is `false` from now on. Idempotent. */
  readonly resign: () => Promise<void>
}
