import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Audience, Relation } from '../../events/audience.js'
import { visibleStory, type StoryFacts, type VisibleStory } from '../../events/story-visibility.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Clock } from '../../platform/clock.js'
import { orUnavailable } from '../answers.js'

interface Seen<S extends StoryFacts> {
  readonly relations: ReadonlyMap<string, Relation>
  readonly visible: ReadonlyArray<VisibleStory<S>>
}

/** Those of the stories that the account may see now, in their order, by one look-up of how it stands to the authors. */
export const storiesSeen = ({ audience, clock }: { readonly audience: Audience; readonly clock: Clock }) =>
  <S extends StoryFacts>(account: string, stories: ReadonlyArray<S>, authors: ReadonlyArray<string>): TE.TaskEither<Problem, Seen<S>> => pipe(
    orUnavailable(audience.relations(account, authors)),
    TE.map((found) => {
      const relations: ReadonlyMap<string, Relation> = new Map(RA.zip(authors, found))
      const visible = stories.flatMap((story) => {
        const relation = relations.get(story.author)
        return relation === undefined ? [] : RA.fromOption(visibleStory(story, { account, relation }, clock()))
      })
      return { relations, visible }
    }),
  )
