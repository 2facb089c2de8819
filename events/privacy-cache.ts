import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Relation } from './audience.js'

/**
 * The age of what is kept, from its reading on: also when a change could not be told (a projector that died, a rebuild, a cache
 * out of reach), it acts after so long. With the way of an event it stays below 500 ms (P4).
 */
export const RELATIONS_KEPT_MS = 250

/** Two accounts, one of which decided something about the other: how each stands to the other may change. */
export type RelationPair = readonly [one: string, other: string]

export interface PrivacyCacheAway {
  readonly _tag: 'PrivacyCacheAway'
  readonly reason: string
}

export interface KnownRelations {
  /** In the order asked; undefined where nothing is known. */
  readonly relations: ReadonlyArray<Relation | undefined>
  /** Whoever reads now what is missing may keep it under this lease; undefined while a change is under way. */
  readonly lease: string | undefined
}

/**
 * How viewers stand to authors, kept for RELATIONS_KEPT_MS at most beside the audience projection, which is the truth: losing
 * what is kept changes no answer.
 *
 * A change is told before it is committed (`changing`) and after (`changed`). From `changing` on nothing older is answered nor
 * kept for its accounts, however late a reader comes to `keep` what it read before. Every operation is atomic and ends soon;
 * `PrivacyCacheAway` leaves open whether it happened.
 */
export interface PrivacyCache {
  readonly find: (viewer: string, authors: ReadonlyArray<string>) => TaskEither<PrivacyCacheAway, KnownRelations>
  /** Keeps what was read after `find` gave the lease, unless one of the viewer's relations changed since. */
  readonly keep: (viewer: string, lease: string, read: ReadonlyArray<readonly [author: string, relation: Relation]>) => TaskEither<PrivacyCacheAway, void>
  readonly changing: (pairs: ReadonlyArray<RelationPair>) => TaskEither<PrivacyCacheAway, void>
  /** Called in any case after `changing`, also when the commit failed or its outcome is unknown. */
  readonly changed: (pairs: ReadonlyArray<RelationPair>) => TaskEither<PrivacyCacheAway, void>
}
