import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import { mentionsIn } from '../../events/mentions.js'
import type { Tier } from '../../events/schemas/stories.js'
import { visibleStory } from '../../events/story-visibility.js'
import type { Acknowledgement, Problem } from '../../events/wire/answers.js'
import { inParallel } from '../../platform/in-parallel.js'
import { unavailable } from './answers.js'
import type { CommandSideDependencies } from './dependencies.js'
import { accountsOf, holdersOf, outcomesOf } from './mentioned.js'

const RELATIONS_AT_ONCE = 8

export interface StoryMentions {
  /** Who is named and may see the story. */
  readonly accounts: ReadonlyArray<string>
  readonly outcomes: Acknowledgement['mentions']
}

/**
 * Whom the text of a story names. Who is not in its audience is not told; that somebody blocked the author does not show in
 * the outcomes.
 */
export const mentionedInStory = (deps: CommandSideDependencies) =>
  async (author: string, tier: Tier, text: string): Promise<E.Either<Problem, StoryMentions>> => {
    const named = await holdersOf(deps)(mentionsIn(text))
    if (E.isLeft(named)) return named
    const others = accountsOf(named.right).filter((account) => account !== author)
    const found = await inParallel(others, RELATIONS_AT_ONCE, (account) => deps.audience.relations(account, [author])())
    const away = found.find(E.isLeft)
    if (away !== undefined) return E.left(unavailable(away.left.retryAfterMs))
    const relations = found.map((relation) => (E.isRight(relation) ? relation.right[0] : undefined))
    const story = { storyId: '', author, tier, postedAt: deps.clock(), ended: false }
    const sees = (lookAway: { readonly blocked?: false }) => (account: string, index: number): boolean => {
      const relation = relations[index]
      return relation !== undefined && O.isSome(visibleStory(story, { account, relation: { ...relation, ...lookAway } }, story.postedAt))
    }
    const notified = new Set(others.filter(sees({ blocked: false })))
    return E.right({ accounts: others.filter(sees({})), outcomes: outcomesOf(named.right, author, (account) => notified.has(account)) })
  }
