import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Position } from '../../events/event-store.js'
import type { OpaqueTokens } from '../../events/opaque-tokens.js'
import type { Problem } from '../../events/wire/answers.js'
import { problem } from '../../events/wire/problems.js'
import type { ReadSide, Told } from '../index.js'
import type { SearchSide } from '../search/search.js'
import type { StoriesSide } from '../stories/stories.js'

const opening = ({ open }: OpaqueTokens) => (token: string, path: string, what: string): TE.TaskEither<Problem, string> =>
  TE.fromEither(E.fromOption(() => problem('malformed', { errors: [{ path, message: `not a ${what} that this service gave` }] }))(open(token)))

const waiting = (tokens: OpaqueTokens, waitFor: ReadSide['waitFor']): ReadSide['waitFor'] => (after, timeoutMs) =>
  pipe(opening(tokens)(after, '/after', 'position'), TE.chain((position) => waitFor(position as Position, timeoutMs)))

const withNext = <A extends { readonly next?: string }>({ seal }: OpaqueTokens, answer: A): A =>
  answer.next === undefined ? answer : { ...answer, next: seal(answer.next) }

const paged = <P extends { readonly before?: string }, A extends { readonly next?: string }>(tokens: OpaqueTokens, page: P, ask: (page: P) => TE.TaskEither<Problem, A>) => pipe(
  page.before === undefined ? TE.right(page) : pipe(opening(tokens)(page.before, '/before', 'cursor'), TE.map((before) => ({ ...page, before }))),
  TE.chain(ask),
  TE.map((answer) => withNext(tokens, answer)),
)

/**
 * The queries as clients meet them: positions and what holds them, which would tell how much others do, are sealed (ADR 0019).
 * Places that sessions count by are as they were.
 */
export const queriesForClients = (readSide: ReadSide, tokens: OpaqueTokens): ReadSide => {
  const { seal } = tokens
  const withPosition = <A extends { readonly position: string }>(one: A): A => ({ ...one, position: seal(one.position) })
  const told = ({ at, notification }: Told): Told => ({ at, notification: withPosition(notification) })
  return {
    ...readSide,
    inbox: (account, page) => paged(tokens, page, (given) => readSide.inbox(account, given)),
    listedAccounts: (account, list, page) => paged(tokens, page, (given) => readSide.listedAccounts(account, list, given)),
    notifications: (account, page) => pipe(
      paged(tokens, page, (given) => readSide.notifications(account, given)),
      TE.map((answer) => ({ ...answer, notifications: answer.notifications.map(withPosition) })),
    ),
    events: (...asked) => pipe(readSide.events(...asked), TE.map((events) => events.map(withPosition))),
    missedNotifications: (...asked) => pipe(readSide.missedNotifications(...asked), TE.map((all) => all.map(told))),
    notificationsByIds: (ids) => pipe(readSide.notificationsByIds(ids), TE.map((all) => all.map(told))),
    deliver: (events) => pipe(readSide.deliver(events), TE.map((delivered) => delivered.map(withPosition))),
    waitFor: waiting(tokens, readSide.waitFor),
  }
}

/** Stories likewise: their viewers are paged by position. */
export const storiesForClients = (side: StoriesSide, tokens: OpaqueTokens): StoriesSide => ({
  ...side,
  viewers: (account, storyId, page) => paged(tokens, page, (given) => side.viewers(account, storyId, given)),
  waitFor: waiting(tokens, side.waitFor),
})

/** Search likewise: its cursors hold scores. */
export const searchForClients = (side: SearchSide, tokens: OpaqueTokens): SearchSide => ({
  search: (account, request) => pipe(
    request.cursor === undefined ? TE.right(request) : pipe(opening(tokens)(request.cursor, '/cursor', 'cursor'), TE.map((cursor) => ({ ...request, cursor }))),
    TE.chain((asked) => side.search(account, asked)),
    TE.map((page) => withNext(tokens, page)),
  ),
  waitFor: waiting(tokens, side.waitFor),
})
