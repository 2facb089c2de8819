import * as E from 'fp-ts/lib/Either.js'
import type { Notification } from '../../events/wire/notification.js'
import type { Clock } from '../../platform/clock.js'
import { inParallel } from '../../platform/in-parallel.js'
import type { ReadSide } from '../../read-side/index.js'
import { pushLimits } from '../limits.js'
import type { PushFailure, PushProvider, PushStore, WaitingPush } from '../ports.js'

export type PushOutcome = PushFailure['_tag'] | 'Pushed' | 'Withheld' | 'TooOld' | 'NotReadYet'

export interface SendParts {
  readonly store: PushStore
  readonly provider: PushProvider
  /** Waits for places of the log; its notifications are as clients meet them. */
  readonly readSide: Pick<ReadSide, 'notificationsByIds' | 'waitFor'>
  readonly clock: Clock
  /** Told what became of each push at each try. */
  readonly onOutcome: (outcome: PushOutcome, reason?: string) => void
}

/** Doubles from 1 s to 1 h; what the push service asks for counts where it is longer. */
const pauseOf = (attempts: number, retryAfterMs: number): number =>
  Math.max(retryAfterMs, Math.min(pushLimits.firstRetryMs * 2 ** (attempts - 1), pushLimits.longestRetryMs))

/** By id, as their accounts may see them now; none while the read models have not come that far. */
const readNow = async ({ readSide }: SendParts, pushes: ReadonlyArray<WaitingPush>): Promise<ReadonlyMap<string, Notification> | undefined> => {
  const last = pushes.map(({ position }) => position).reduce((a, b) => (a > b ? a : b))
  if (E.isLeft(await readSide.waitFor(last, pushLimits.readModelsWithinMs)())) return undefined
  const told = await readSide.notificationsByIds([...new Set(pushes.map(({ notification }) => notification))])()
  return E.isLeft(told) ? undefined : new Map(told.right.map(({ notification }) => [notification.id, notification]))
}

/**
 * Sends what is due, once: false when nothing was. A notification that its account silenced, withdrew or has read by now is
 * withheld. What cannot be settled is due again later: a browser may get the same twice, under the same id.
 */
export const sendDue = async (parts: SendParts): Promise<boolean> => {
  const { store, provider, clock, onOutcome } = parts
  const now = clock()
  const claimed = await store.claim({ now, until: now + pushLimits.heldMs, limit: pushLimits.claimedAtOnce })()
  if (E.isLeft(claimed) || claimed.right.length === 0) return false
  const notifications = await readNow(parts, claimed.right)
  if (notifications === undefined) {
    onOutcome('NotReadYet')
    await Promise.all(claimed.right.map((push) => store.defer(push, clock() + pushLimits.firstRetryMs)()))
    return false
  }
  const settle = async (push: WaitingPush, outcome: PushOutcome, reason?: string): Promise<void> => {
    onOutcome(outcome, reason)
    await store.settle([push])()
  }
  const failed = async (push: WaitingPush, failure: PushFailure): Promise<void> => {
    if (failure._tag === 'PushRefused') return settle(push, failure._tag, failure.reason)
    onOutcome(failure._tag, failure._tag === 'PushUnavailable' ? failure.reason : undefined)
    await (failure._tag === 'SubscriptionGone' ? store.unsubscribe(push) : store.defer(push, clock() + pauseOf(push.attempts, failure.retryAfterMs)))()
  }
  await inParallel(claimed.right, pushLimits.sentAtOnce, async (push) => {
    const notification = notifications.get(push.notification)
    if (clock() - push.at >= pushLimits.lifetimeMs) return settle(push, 'TooOld')
    if (notification === undefined || notification.read) return settle(push, 'Withheld')
    const pushed = await provider.push(push.subscription, notification)()
    return E.isRight(pushed) ? settle(push, 'Pushed') : failed(push, pushed.left)
  })
  return true
}
