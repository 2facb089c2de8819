import { uuidv7 } from 'uuidv7'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Position } from '../../../events/event-store.js'
import { limits } from '../../../events/limits.js'
import type { DeviceOfAccount, PushStore, PushSubscription, WaitingPush } from '../../../gateway/ports.js'
import { answer } from '../../support/command-side.js'

export interface OpenPushStore {
  readonly store: PushStore
  /** The same store as another process has it. */
  readonly other: PushStore
  readonly close: () => Promise<void>
}

const at = (n: number): Position => String(n).padStart(20, '0') as Position
const aDevice = (account = uuidv7()): DeviceOfAccount => ({ account, device: uuidv7() })
const aSubscription = (): PushSubscription => ({ endpoint: `https://push.example/${uuidv7()}`, keys: { p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) } })

/** What every adapter of the push store port holds. */
export const pushStoreContract = (name: string, open: () => Promise<OpenPushStore>): void => {
  describe(`the push store contract, ${name}`, () => {
    let opened: OpenPushStore
    let [partition, position, now] = [0, 0, 0]
    beforeAll(async () => { opened = await open() })
    afterAll(() => opened.close())
    beforeEach(async () => {
      partition += 1
      now += 1_000_000
      await answer(opened.store.settle(await answer(opened.store.claim({ now, until: now, limit: 1_000 }))))
    })

    const subscribed = async (owner = aDevice()) => {
      const subscription = aSubscription()
      await answer(opened.store.subscribe(owner, subscription, (now += 1)))
      return { owner, subscription }
    }
    const notices = (...accounts: ReadonlyArray<string>) => accounts.map((account) => ({ id: uuidv7(), account, position: at((position += 1)), at: now }))
    const take = (told: ReturnType<typeof notices>, revoked: ReadonlyArray<DeviceOfAccount> = []) =>
      answer(opened.store.take({ partition, partitions: 64, through: at(position), notices: told, revoked }, now))
    const claimed = (store = opened.store, limit = 100): Promise<ReadonlyArray<WaitingPush>> => answer(store.claim({ now, until: now + 1_000, limit }))
    const devices = async () => (await claimed()).map(({ device }) => device).sort()

    it('a notice waits for every browser of its account, and for no other', async () => {
      const [one, other] = [await subscribed(), await subscribed()]
      const second = await subscribed(aDevice(one.owner.account))
      const [told] = notices(one.owner.account)
      if (told === undefined) throw new Error('there is one')
      await take([told])
      const waiting = await claimed()
      expect(waiting.map(({ device }) => device).sort()).toEqual([one.owner.device, second.owner.device].sort())
      expect(waiting.find(({ device }) => device === one.owner.device)).toEqual({
        ...one.owner, notification: told.id, position: told.position, at: told.at, attempts: 1, subscription: one.subscription,
      })
      expect(waiting.some(({ account }) => account === other.owner.account)).toBe(false)
    })

    it('what is claimed is nobody else\'s until then, and comes again unless it is settled', async () => {
      const { owner } = await subscribed()
      await take(notices(...Array.from({ length: 20 }, () => owner.account)))
      const halves = await Promise.all([claimed(opened.store, 10), claimed(opened.other, 10)])
      expect(new Set(halves.flat().map(({ notification }) => notification)).size).toBe(20)
      expect(await claimed()).toEqual([])
      await answer(opened.store.settle(halves[0]))
      now += 1_000
      const again = await claimed(opened.other)
      expect(again.map(({ notification }) => notification).sort()).toEqual(halves[1].map(({ notification }) => notification).sort())
      expect(again.map(({ attempts }) => attempts)).toEqual(halves[1].map(() => 2))
    })

    it('what is deferred is due then', async () => {
      const { owner } = await subscribed()
      await take(notices(owner.account))
      const [push] = await claimed()
      if (push === undefined) throw new Error('it waits')
      await answer(opened.store.defer(push, now + 5_000))
      now += 4_999
      expect(await claimed()).toEqual([])
      now += 1
      expect(await devices()).toEqual([owner.device])
    })

    it('a batch that comes again adds nothing, also once its pushes are settled', async () => {
      const { owner } = await subscribed()
      const told = notices(owner.account)
      await take(told)
      await take(told)
      expect(await devices()).toEqual([owner.device])
      await answer(opened.store.settle(await answer(opened.store.claim({ now: now + 1_000, until: now + 2_000, limit: 100 }))))
      await take(told)
      now += 5_000
      expect(await claimed()).toEqual([])
    })

    it('a partition goes on after its last batch; with other partitions, where the earliest of them was', async () => {
      const [here, partitions] = [position + 10, 1_000 + partition]
      const batch = (of: number, through: number) => answer(opened.store.take({ partition: of, partitions, through: at(through), notices: [], revoked: [] }, now))
      await batch(0, here + 5)
      await batch(1, here + 9)
      await batch(1, here + 7)
      expect([await answer(opened.other.place(0, partitions)), await answer(opened.other.place(1, partitions))]).toEqual([at(here + 5), at(here + 9)])
      const earliest = await answer(opened.store.place(0, 9_999))
      expect(earliest === 'start' || earliest <= at(here + 5)).toBe(true)
      position = here + 10
    })

    it('without a subscription nothing waits; what waited goes with it', async () => {
      const [gone, revoked, stays] = [await subscribed(), await subscribed(), await subscribed()]
      await take(notices(gone.owner.account, revoked.owner.account, stays.owner.account))
      await answer(opened.store.unsubscribe(gone.owner))
      await answer(opened.store.unsubscribe(gone.owner))
      await take(notices(gone.owner.account), [revoked.owner])
      expect(await devices()).toEqual([stays.owner.device])
      await take(notices(revoked.owner.account))
      expect(await claimed()).toEqual([])
    })

    it('a device has one subscription, the newest; what waited is sent there', async () => {
      const { owner } = await subscribed()
      await take(notices(owner.account))
      const { subscription } = await subscribed(owner)
      expect((await claimed()).map((push) => push.subscription)).toEqual([subscription])
    })

    it('an endpoint is its who named it last', async () => {
      const [{ owner: before, subscription }, after] = [await subscribed(), aDevice()]
      await answer(opened.store.subscribe(after, subscription, now))
      await take(notices(before.account, after.account))
      expect(await devices()).toEqual([after.device])
    })

    it(`an account has ${limits.pushSubscriptions} at most, also of many at once: the oldest go`, async () => {
      const [first, account] = [await subscribed(), uuidv7()]
      const old = await subscribed(aDevice(account))
      const owners = Array.from({ length: limits.pushSubscriptions + 2 }, () => aDevice(account))
      await Promise.all(owners.map((owner, index) => answer((index % 2 === 0 ? opened.store : opened.other).subscribe(owner, aSubscription(), now + index))))
      await take(notices(account, first.owner.account))
      const left = await devices()
      expect(left).toHaveLength(limits.pushSubscriptions + 1)
      expect(left).not.toContain(old.owner.device)
      expect(left).toContain(owners.at(-1)?.device)
    })
  })
}
