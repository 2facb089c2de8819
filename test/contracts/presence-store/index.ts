import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PresenceStore } from '../../../gateway/ports.js'
import { newId } from '../../../platform/identifiers.js'

export interface OpenPresenceStore {
  /** Of two gateways; where both are in one process they may be the same. */
  readonly gateways: readonly [PresenceStore, PresenceStore]
  readonly close: () => Promise<void>
}

/** What every adapter holds. */
export const presenceStoreContract = (name: string, open: () => Promise<OpenPresenceStore>): void => {
  describe(`the contract of the presence store, ${name}`, () => {
    let opened: OpenPresenceStore
    beforeEach(async () => { opened = await open() })
    afterEach(() => opened.close())
    const now = Date.now()
    const [a, b, c] = [newId(), newId(), newId()]
    const until = async (...accounts: ReadonlyArray<string>): Promise<unknown> => {
      const answer = await opened.gateways[1].until(accounts)()
      return E.isRight(answer) ? Object.fromEntries(answer.right) : answer.left
    }
    const say = async (gateway: string, accounts: ReadonlyArray<string>, time: number) =>
      { expect(await opened.gateways[0].say(gateway, accounts, time)()).toEqual(E.right(undefined)) }

    it('what one gateway said another reads; those of whom nothing was said are left out', async () => {
      await say('one', [a, b], now + 1_000)
      expect(await until(a, b, c)).toEqual({ [a]: now + 1_000, [b]: now + 1_000 })
      expect(await until()).toEqual({})
    })

    it('a gateway that says again replaces what it said, earlier too', async () => {
      await say('one', [a], now + 1_000)
      await say('one', [a], now + 5_000)
      expect(await until(a)).toEqual({ [a]: now + 5_000 })
      await say('one', [a], now - 10)
      expect(await until(a)).toEqual({ [a]: now - 10 })
    })

    it('an account that left one gateway is still at the other', async () => {
      await say('one', [a], now + 1_000)
      await say('two', [a], now + 2_000)
      await say('two', [a], now - 5)
      expect(await until(a)).toEqual({ [a]: now + 1_000 })
      await say('one', [a], now - 1)
      expect(await until(a)).toEqual({ [a]: now - 1 })
    })

    it('many gateways come and go: the latest time counts', async () => {
      for (let at = 0; at < 20; at += 1) await say(`gateway ${at}`, [a], now + at)
      expect(await until(a)).toEqual({ [a]: now + 19 })
    })

    it('thousands of accounts at once', async () => {
      const accounts = Array.from({ length: 1_200 }, () => newId())
      await say('one', accounts, now + 1_000)
      expect(Object.keys((await until(...accounts, c)) as object)).toHaveLength(1_200)
    })
  })
}
