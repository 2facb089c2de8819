import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import Type from 'typebox'
import { Id, isId } from '../../events/ids.js'
import { Sequence } from '../../events/schemas/common.js'
import { DeliveredEvent, type Problem } from '../../events/wire/answers.js'
import { Handle } from '../../events/wire/commands.js'
import { problem } from '../../events/wire/problems.js'
import type { Route } from '../../platform/http-route.js'
import type { ListedAccounts, ReadSide } from '../index.js'
import { queryLimits } from '../limits.js'
import { AccountSettings, AccountsPage, AccountView, ConversationView, InboxPage, MessageView, NotificationsPage, PublicProfile, ReadStates, TimelinePage } from '../views.js'
import { Limit, Page, pageOf, queryRoute } from './query-route.js'

const ofConversation = { conversation: Id }

const inbox = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/inbox',
  operationId: 'inbox',
  summary: 'Conversations of the account, the last active first. `before` takes `next` of the page before.',
  params: {},
  querystring: Page,
  answer: InboxPage,
  ask: (account, _params, page) => readSide.inbox(account, pageOf(page)),
})

const timeline = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/conversations/:conversation/messages',
  operationId: 'timeline',
  summary: 'Messages as they stand. From the newest or `olderThan` down, or from `newerThan` up; both are exclusive, and `next` goes on.',
  params: ofConversation,
  // From the place before the first: -1.
  querystring: { olderThan: Type.Optional(Sequence), newerThan: Type.Optional(Type.Integer({ minimum: -1 })), limit: Limit },
  answer: TimelinePage,
  ask: (account, { conversation }, { olderThan, newerThan, limit }) =>
    olderThan !== undefined && newerThan !== undefined
      ? TE.left(problem('malformed', { errors: [{ path: '/newerThan', message: 'not together with olderThan' }] }))
      : readSide.timeline(account, conversation, {
          ...(olderThan === undefined ? {} : { olderThan }),
          ...(newerThan === undefined ? {} : { newerThan }),
          limit: limit ?? queryLimits.pageDefault,
        }),
})

const message = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/conversations/:conversation/messages/:sequence',
  operationId: 'message',
  summary: 'One message as it stands.',
  params: { ...ofConversation, sequence: Sequence },
  querystring: {},
  answer: MessageView,
  ask: (account, { conversation, sequence }) => readSide.message(account, conversation, sequence),
})

const events = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/conversations/:conversation/events',
  operationId: 'events',
  summary: 'Every event that the account may see, as it was recorded, from a sequence on: what proves order, completeness and content.',
  params: ofConversation,
  querystring: { from: Type.Optional(Sequence), limit: Limit },
  answer: Type.Array(DeliveredEvent),
  ask: (account, { conversation }, { from, limit }) =>
    readSide.events(account, conversation, { from: from ?? 0, limit: limit ?? queryLimits.pageDefault }),
})

const conversation = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/conversations/:conversation',
  operationId: 'conversation',
  summary: 'A conversation with its name, members and pins. A former member sees neither members nor pins.',
  params: ofConversation,
  querystring: {},
  answer: ConversationView,
  ask: (account, params) => readSide.conversation(account, params.conversation),
})

const readStates = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/conversations/:conversation/read-states',
  operationId: 'readStates',
  summary: 'How far the members have read.',
  params: ofConversation,
  querystring: {},
  answer: ReadStates,
  ask: (account, params) => readSide.readStates(account, params.conversation),
})

const notifications = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/notifications',
  operationId: 'notifications',
  summary: 'What the account is told of, newest first, and how much of it is unread. `before` takes `next` of the page before.',
  params: {},
  querystring: Page,
  answer: NotificationsPage,
  ask: (self, _params, page) => readSide.notifications(self, pageOf(page)),
})

const account = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/account',
  operationId: 'account',
  summary: "The account's own profile and devices.",
  params: {},
  querystring: {},
  answer: AccountView,
  ask: (self) => readSide.account(self),
})

const noSuchQuestion = problem('malformed', { errors: [{ path: '/', message: 'give either handle, or ids (separated by commas)' }] })

const accounts = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/accounts',
  operationId: 'accounts',
  summary: 'Accounts by handle (one or `not-found`) or by ids (those that are known).',
  params: {},
  querystring: { handle: Type.Optional(Handle), ids: Type.Optional(Type.String({ description: `at most ${queryLimits.profiles}, separated by commas` })) },
  answer: Type.Array(PublicProfile),
  ask: (self, _params, { handle, ids }): TE.TaskEither<Problem, ReadonlyArray<PublicProfile>> => {
    if (handle !== undefined && ids === undefined) return pipe(readSide.accountByHandle(self, handle), TE.map((one) => [one]))
    const asked = ids?.split(',') ?? []
    return handle === undefined && asked.length > 0 && asked.every(isId) ? readSide.profiles(self, asked) : TE.left(noSuchQuestion)
  },
})

const listedAccounts = (path: string, list: ListedAccounts, summary: string) => (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: `/v1/account/${path}`,
  operationId: list,
  summary: `${summary}, the newest first. \`before\` takes \`next\` of the page before.`,
  params: {},
  querystring: Page,
  answer: AccountsPage,
  ask: (self, _params, page) => readSide.listedAccounts(self, list, pageOf(page)),
})

const lists = [
  listedAccounts('following', 'following', 'Whom the account follows'),
  listedAccounts('followers', 'followers', 'Who follows the account, without those that it blocked'),
  listedAccounts('close-friends', 'closeFriends', 'Whom the account holds as close friends'),
  listedAccounts('blocked', 'blocked', 'Whom the account blocked'),
  listedAccounts('hidden-from', 'hiddenFrom', 'From whom the account hides its stories'),
  listedAccounts('muted', 'muted', 'Whose stories the account does not want to be shown'),
]

const settings = (readSide: ReadSide): Route<Problem> => queryRoute(readSide)({
  url: '/v1/account/settings',
  operationId: 'settings',
  summary: 'Of what the account is notified, and who is told when it was last seen.',
  params: {},
  querystring: {},
  answer: AccountSettings,
  ask: (self) => readSide.settings(self),
})

/** The queries over HTTP. What the asker may not see answers as if it were not there. */
export const queryRoutes = (readSide: ReadSide): ReadonlyArray<Route<Problem>> =>
  [inbox, conversation, timeline, message, events, readStates, notifications, account, accounts, ...lists, settings].map((route) => route(readSide))
