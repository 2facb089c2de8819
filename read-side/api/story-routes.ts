import Type from 'typebox'
import { Id } from '../../events/ids.js'
import type { Problem } from '../../events/wire/answers.js'
import type { Route } from '../../platform/http-route.js'
import { queryLimits } from '../limits.js'
import type { StoriesSide } from '../stories/stories.js'
import { StoryInspections, StoryTray, StoryView, StoryViewers } from '../stories/views.js'
import { Limit, Page, pageOf, queryRoute } from './query-route.js'

const ofStory = { story: Id }

const tray = (side: StoriesSide): Route<Problem> => queryRoute(side)({
  url: '/v1/stories',
  operationId: 'storyTray',
  summary: 'Authors with stories to see: the account itself first, then unseen before seen, muted last; `limit` counts authors.',
  params: {},
  querystring: { limit: Limit },
  answer: StoryTray,
  ask: (account, _params, { limit }) => side.tray(account, limit ?? queryLimits.pageDefault),
})

const ofAuthor = (side: StoriesSide): Route<Problem> => queryRoute(side)({
  url: '/v1/accounts/:account/stories',
  operationId: 'storiesOfAuthor',
  summary: "An author's stories that the account may see now, the oldest first.",
  params: { account: Id },
  querystring: {},
  answer: Type.Array(StoryView),
  ask: (account, params) => side.ofAuthor(account, params.account),
})

const story = (side: StoriesSide): Route<Problem> => queryRoute(side)({
  url: '/v1/stories/:story',
  operationId: 'story',
  summary: 'One story while it lasts. Reading it is no view: ViewStory says that it was looked at.',
  params: ofStory,
  querystring: {},
  answer: StoryView,
  ask: (account, params) => side.story(account, params.story),
})

const viewers = (side: StoriesSide): Route<Problem> => queryRoute(side)({
  url: '/v1/stories/:story/viewers',
  operationId: 'storyViewers',
  summary: 'Who looked at a story of the account, the newest first, and how many did in all. `before` takes `next` of the page before.',
  params: ofStory,
  querystring: Page,
  answer: StoryViewers,
  ask: (account, params, page) => side.viewers(account, params.story, pageOf(page)),
})

const inspections = (side: StoriesSide): Route<Problem> => queryRoute(side)({
  url: '/v1/stories/:story/inspections',
  operationId: 'storyInspections',
  summary: 'Looks of administrators at a story of the account, where the service tells authors of them.',
  params: ofStory,
  querystring: {},
  answer: StoryInspections,
  ask: (account, params) => side.inspections(account, params.story),
})

/** Stories over HTTP. What the asker may not see answers as if it were not there. */
export const storyRoutes = (side: StoriesSide): ReadonlyArray<Route<Problem>> => [tray, ofAuthor, story, viewers, inspections].map((route) => route(side))
