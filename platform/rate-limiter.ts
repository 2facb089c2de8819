import * as TE from 'fp-ts/lib/TaskEither.js'

/** So many points for each key of its scope, full again `refillSeconds` after the first draw; what an action draws is its cost. */
export interface RateBucket {
  readonly scope: string
  readonly points: number
  readonly refillSeconds: number
  /** In points, to a tenth; actions that are not named draw nothing from it. */
  readonly costs: Readonly<Record<string, number>>
}

/** Whom an action is counted for, by scope: buckets of other scopes are left alone. */
export type RateKeys = Readonly<Record<string, string>>

export interface RateLimited {
  readonly _tag: 'RateLimited'
  /** After so long the same is allowed, if nothing else is drawn meanwhile. */
  readonly retryAfterMs: number
}

export interface RateLimiter {
  /**
   * Draws the action's cost from every bucket of these keys, all asked in one round trip. Refused by one, nothing stays drawn
   * from the others. Never fails otherwise, whatever is away.
   */
  readonly consume: (keys: RateKeys, action: string) => TE.TaskEither<RateLimited, void>
}

/** Where limits are off. */
export const unlimited: RateLimiter = { consume: () => TE.right(undefined) }
