import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Position } from '../../events/event-store.js'
import { limits } from '../../events/limits.js'
import type { DeviceOfAccount, PushBatch, PushStore, PushSubscription, WaitingPush } from '../../gateway/ports.js'

interface Subscribed extends DeviceOfAccount {
  readonly subscription: PushSubscription
  readonly at: number
}

interface Waiting extends Omit<WaitingPush, 'subscription'> {
  readonly dueAt: number
}

const nameOf = ({ account, device }: DeviceOfAccount): string => `${account}/${device}`
const waitName = (one: DeviceOfAccount & { readonly notification: string }): string => `${nameOf(one)}/${one.notification}`

const memorySubscriptions = (waiting: Map<string, Waiting>) => {
  const subscribed = new Map<string, Subscribed>()
  const unsubscribe = (owner: DeviceOfAccount): void => {
    subscribed.delete(nameOf(owner))
    for (const [name, one] of waiting) if (nameOf(one) === nameOf(owner)) waiting.delete(name)
  }
  return {
    unsubscribe,
    subscribe: (owner: DeviceOfAccount, subscription: PushSubscription, at: number): void => {
      const others = [...subscribed.values()].filter((other) => nameOf(other) !== nameOf(owner))
      for (const other of others) if (other.subscription.endpoint === subscription.endpoint) unsubscribe(other)
      const own = others.filter(({ account }) => account === owner.account).sort((a, b) => b.at - a.at)
      for (const oldest of own.slice(limits.pushSubscriptions - 1)) unsubscribe(oldest)
      subscribed.set(nameOf(owner), { account: owner.account, device: owner.device, subscription, at })
    },
    of: (account: string) => [...subscribed.values()].filter((one) => one.account === account),
    subscriptionOf: (owner: DeviceOfAccount) => subscribed.get(nameOf(owner))?.subscription,
  }
}

/** Push subscriptions in memory. */
export const memoryPushStore = (): PushStore => {
  const [waiting, places] = [new Map<string, Waiting>(), new Map<string, Position>()]
  const { subscribe, unsubscribe, of, subscriptionOf } = memorySubscriptions(waiting)

  const take = ({ partition, partitions, through, notices, revoked }: PushBatch, now: number): void => {
    for (const owner of revoked) unsubscribe(owner)
    const before = places.get(`${partitions}/${partition}`) ?? ''
    for (const { id: notification, account, position, at } of notices.filter((notice) => notice.position > before)) {
      for (const { device } of of(account)) {
        const one = { account, device, notification, position, at, attempts: 0, dueAt: now }
        if (!waiting.has(waitName(one))) waiting.set(waitName(one), one)
      }
    }
    if (through > before) places.set(`${partitions}/${partition}`, through)
  }
  const claimed = (name: string, one: Waiting, until: number): ReadonlyArray<WaitingPush> => {
    const [subscription, attempts] = [subscriptionOf(one), one.attempts + 1]
    if (subscription === undefined) return []
    waiting.set(name, { ...one, attempts, dueAt: until })
    const { account, device, notification, position, at } = one
    return [{ account, device, notification, position, at, attempts, subscription }]
  }
  return {
    subscribe: (owner, subscription, now) => TE.fromIO(() => { subscribe(owner, subscription, now) }),
    unsubscribe: (owner) => TE.fromIO(() => { unsubscribe(owner) }),
    place: (partition, partitions) => TE.fromIO(() => {
      const others = [...places].flatMap(([name, position]) => (name.startsWith(`${partitions}/`) ? [] : [position]))
      return places.get(`${partitions}/${partition}`) ?? others.sort()[0] ?? 'start'
    }),
    take: (batch, now) => TE.fromIO(() => { take(batch, now) }),
    claim: ({ now, until, limit }) => TE.fromIO(() => {
      const due = [...waiting].filter(([, { dueAt }]) => dueAt <= now).sort(([, a], [, b]) => a.dueAt - b.dueAt)
      return due.slice(0, limit).flatMap(([name, one]) => claimed(name, one, until))
    }),
    settle: (pushes) => TE.fromIO(() => { for (const push of pushes) waiting.delete(waitName(push)) }),
    defer: (push, dueAt) => TE.fromIO(() => {
      const one = waiting.get(waitName(push))
      if (one !== undefined) waiting.set(waitName(push), { ...one, dueAt })
    }),
  }
}
