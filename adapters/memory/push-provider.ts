import * as E from 'fp-ts/lib/Either.js'
import type { PushFailure, PushProvider } from '../../gateway/ports.js'
import type { Notification } from '../../events/wire/notification.js'

/** What push services hold: by endpoint the notifications that wait for each browser, by id. */
export type WaitingPushes = Map<string, Map<string, Notification>>

/** Push services in memory. Endpoints that `waiting` does not have are gone; `failing` says what fails otherwise. */
export const memoryPushProvider = (waiting: WaitingPushes, failing: (endpoint: string) => PushFailure | undefined = () => undefined): PushProvider => ({
  push: ({ endpoint }, notification) => async () => {
    const failure = failing(endpoint)
    if (failure !== undefined) return E.left(failure)
    const there = waiting.get(endpoint)
    if (there === undefined) return E.left({ _tag: 'SubscriptionGone' })
    there.set(notification.id, notification)
    return E.right(undefined)
  },
})
