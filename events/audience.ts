import type { TaskEither } from 'fp-ts/lib/TaskEither.js'

/** How a viewer stands to an author. `blocked`: one of them blocked the other. `muted`: the viewer does not want to be shown. */
export interface Relation {
  readonly follows: boolean
  readonly closeFriend: boolean
  readonly blocked: boolean
  readonly hidden: boolean
  readonly muted: boolean
}

export const stranger: Relation = { follows: false, closeFriend: false, blocked: false, hidden: false, muted: false }

export interface AudienceUnavailable {
  readonly _tag: 'AudienceUnavailable'
  readonly retryAfterMs: number
  readonly reason: string
}

/** Who may see whom, for queries and commands alike: read from the audience projection, through the privacy cache. */
export interface Audience {
  /**
   * How the viewer stands to each author, in the order asked, one look-up for all. A change is seen at most 500 ms after
   * its event was committed; a cache that is empty, slow or down changes no answer.
   */
  readonly relations: (viewer: string, authors: ReadonlyArray<string>) => TaskEither<AudienceUnavailable, ReadonlyArray<Relation>>
  /** Authors that the viewer follows or who hold it as a close friend, at most `limit`: whose stories its tray may show. */
  readonly authorsFor: (viewer: string, limit: number) => TaskEither<AudienceUnavailable, ReadonlyArray<string>>
}
