import * as O from 'fp-ts/lib/Option.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Audience } from '../../events/audience.js'
import { limits } from '../../events/limits.js'
import type { ProgressReader } from '../../events/progress.js'
import type { VisibleStory } from '../../events/story-visibility.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { Clock } from '../../platform/clock.js'
import { orUnavailable } from '../answers.js'
import type { ReadSideDependencies } from '../dependencies.js'
import type { ReadSide } from '../index.js'
import { queryLimits } from '../limits.js'
import { waitFor } from '../sessions/wait-for.js'
import type { StoredStory, StoriesReader } from './ports.js'
import { storiesSeen } from './seen.js'
import { storyViews } from './story-views.js'
import { trayOf } from './tray.js'
import { storyViewers } from './viewers.js'
import type { StoryInspections, StoryTray, StoryView, StoryViewers } from './views.js'

/** Stories as an account may see them at this moment; whatever else there is answers as if it were not there. */
export interface StoriesSide {
  /** Of the account and of those whose stories come to it. */
  readonly tray: (account: string, limit: number) => TE.TaskEither<Problem, StoryTray>
  /** One author's, the oldest first. */
  readonly ofAuthor: (account: string, author: string) => TE.TaskEither<Problem, ReadonlyArray<StoryView>>
  readonly story: (account: string, storyId: string) => TE.TaskEither<Problem, StoryView>
  /** Who looked, the newest first: for the author alone. */
  readonly viewers: (account: string, storyId: string, page: { readonly before?: string; readonly limit: number }) => TE.TaskEither<Problem, StoryViewers>
  /** Looks of administrators: for the author, where authors are told. */
  readonly inspections: (account: string, storyId: string) => TE.TaskEither<Problem, StoryInspections>
  readonly waitFor: ReadSide['waitFor']
}

export interface StoriesDependencies {
  readonly reader: StoriesReader
  readonly audience: Audience
  readonly keyStore: ReadSideDependencies['keyStore']
  readonly progress: ProgressReader
  /** Stories end by this one. */
  readonly clock: Clock
  /** Whether authors are told of the looks of administrators. */
  readonly inspectionsShown: boolean
}

const notFound = problem('not-found')

const tray = (deps: StoriesDependencies): StoriesSide['tray'] => {
  const { reader, audience, clock } = deps
  const seen = storiesSeen(deps)
  return (account, limit) => pipe(
    orUnavailable(audience.authorsFor(account, queryLimits.trayAuthorsAsked)),
    TE.chain((authors) => orUnavailable(reader.newest([account, ...authors], clock() - limits.storyLifetimeMs, queryLimits.trayStories))),
    TE.chain((stories) => seen(account, stories, [...new Set(stories.map(({ author }) => author))])),
    TE.bind('marks', ({ visible }) => (visible.length === 0 ? TE.right([]) : orUnavailable(reader.marks(account, visible.map(({ storyId }) => storyId))))),
    TE.map(({ relations, visible, marks }) =>
      trayOf(account, visible, { relations, seen: new Set(marks.filter((mark) => mark.seen).map(({ storyId }) => storyId)), limit })),
  )
}

/** The queries over what the read models hold. No story leaves but by `visibleStory`, asked of the clock after the look-ups. */
export const createStoriesSide = (deps: StoriesDependencies): StoriesSide => {
  const { reader, keyStore, progress, clock, inspectionsShown } = deps
  const [seen, views] = [storiesSeen(deps), storyViews(reader, keyStore)]

  /** Takes the same look-ups whether it is there or not. */
  const visible = (account: string, storyId: string): TE.TaskEither<Problem, VisibleStory<StoredStory>> => pipe(
    orUnavailable(reader.find(storyId)),
    TE.chain((found) => seen(account, RA.fromOption(found), [O.isSome(found) ? found.value.author : storyId])),
    TE.chain(({ visible: [story] }) => (story === undefined ? TE.left(notFound) : TE.right(story))),
  )

  const own = (account: string, storyId: string): TE.TaskEither<Problem, VisibleStory<StoredStory>> => pipe(
    visible(account, storyId),
    TE.filterOrElse(({ author }) => author === account, () => notFound),
  )

  return {
    tray: tray(deps),
    ofAuthor: (account, author) => pipe(
      orUnavailable(reader.ofAuthor(author, clock() - limits.storyLifetimeMs, queryLimits.pageMost)),
      TE.chain((stories) => seen(account, stories, [author])),
      TE.chain((found) => views(account, found.visible)),
    ),
    story: (account, storyId) => pipe(
      visible(account, storyId),
      TE.chain((story) => views(account, [story])),
      TE.chain(([view]) => (view === undefined ? TE.left(notFound) : TE.right(view))),
    ),
    viewers: storyViewers(reader, keyStore, own),
    inspections: (account, storyId) => pipe(
      own(account, storyId),
      TE.chain(() => (inspectionsShown ? orUnavailable(reader.inspections(storyId, queryLimits.pageMost)) : TE.right([]))),
      TE.map((inspections) => ({ inspections: inspections.map(({ at, reason }) => ({ at, reason })) })),
    ),
    waitFor: waitFor(progress),
  }
}
