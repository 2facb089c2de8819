import type { Option } from 'fp-ts/lib/Option.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

export interface IssuerStoreUnavailable {
  readonly _tag: 'IssuerStoreUnavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

type Answer<A> = TaskEither<IssuerStoreUnavailable, A>

/** Password hashes (argon2id, PHC text) by account id; nothing else about the person. */
export interface Credentials {
  /** Replaces the account's hash if there is one. Durable. */
  readonly save: (account: string, passwordHash: string) => Answer<void>
  readonly find: (account: string) => Answer<Option<string>>
  /** Idempotent. */
  readonly remove: (account: string) => Answer<void>
}

/** What was signed in once and is carried on by refresh tokens that replace one another. Only hashes of them are stored. */
export interface NewRefreshFamily {
  readonly family: string
  readonly account: string
  /** SHA-256 of the first refresh token. */
  readonly tokenHash: Uint8Array
  readonly expiresAt: number
}

export interface Rotation {
  readonly family: string
  /** SHA-256 of the token that is used up, and of the one that replaces it. */
  readonly used: Uint8Array
  readonly next: Uint8Array
  readonly expiresAt: number
  readonly now: number
  /** How long the used token may come again while the next one has not been used. */
  readonly graceMs: number
}

export type Rotated =
  | { readonly _tag: 'Rotated'; readonly account: string }
  /** A token that had been replaced before came again: somebody else has it. The family is revoked. */
  | { readonly _tag: 'Reused'; readonly account: string }
  /** Never there, revoked or expired. */
  | { readonly _tag: 'Unknown' }

/** Times are milliseconds since 1970, of the caller's clock. */
export interface RefreshFamilies {
  /** Durable. Clears some expired families away. */
  readonly open: (family: NewRefreshFamily, now: number) => Answer<void>
  /**
   * Replaces the current token, atomic among all callers: of two different successors one wins. The same rotation again
   * (same `used`, same `next`) within the grace answers the same and changes nothing.
   */
  readonly rotate: (rotation: Rotation) => Answer<Rotated>
  /** Whose family it was, if the token is its current or its replaced one; ends it. Idempotent. */
  readonly revoke: (family: string, tokenHash: Uint8Array) => Answer<Option<string>>
}

/** Access tokens that are refused before they expire. */
export interface DenyList {
  /** Durable; refused until then at least. Clears some that are over. Idempotent. */
  readonly deny: (tokenId: string, until: number, now: number) => Answer<void>
  /** Which of these are denied. */
  readonly denied: (tokenIds: ReadonlyArray<string>) => Answer<ReadonlySet<string>>
}

export interface IssuerStore {
  readonly credentials: Credentials
  readonly families: RefreshFamilies
  readonly denyList: DenyList
}
