import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Leadership } from '../../../command-side/ports.js'
import { until } from '../../support/until.js'

export interface OpenLeadership {
  /** Of another process each time. */
  readonly another: () => Promise<Leadership>
  /** The end of whatever holds the lead now, without its knowledge. */
  readonly killLeader: () => Promise<void>
  readonly close: () => Promise<void>
}

/** What every adapter of the leadership port holds. */
export const leadershipContract = (name: string, open: () => Promise<OpenLeadership>): void => {
  describe(`the leadership contract, ${name}`, () => {
    let opened: OpenLeadership | undefined
    beforeEach(async () => { opened = await open() })
    afterEach(() => opened?.close())
    const subject = () => {
      if (opened === undefined) throw new Error('it did not open')
      return opened
    }
    const some = (count: number) => Promise.all(Array.from({ length: count }, () => subject().another()))

    it('of many that ask at once one leads, and goes on to lead', async () => {
      const all = await some(8)
      const leading = async () => (await Promise.all(all.map((each) => each.leads()))).map((leads, index) => (leads ? index : -1)).filter((index) => index >= 0)
      const first = await leading()
      expect(first).toHaveLength(1)
      for (let again = 0; again < 3; again += 1) expect(await leading()).toEqual(first)
      await Promise.all(all.map((each) => each.resign()))
    })

    it('T4: when the leader dies another takes over, and the first knows that it leads no more', async () => {
      const [first, second] = await some(2)
      if (first === undefined || second === undefined) throw new Error('two were asked for')
      expect(await first.leads()).toBe(true)
      expect(await second.leads()).toBe(false)
      await subject().killLeader()
      await until(() => second.leads())
      for (let again = 0; again < 3; again += 1) {
        expect(await first.leads()).toBe(false)
        expect(await second.leads()).toBe(true)
      }
      await second.resign()
      await until(() => first.leads())
      await first.resign()
    })

    it('who resigns leads no more, however often it is asked, and leaves the lead to others', async () => {
      const [first, second] = await some(2)
      if (first === undefined || second === undefined) throw new Error('two were asked for')
      expect(await first.leads()).toBe(true)
      await first.resign()
      await first.resign()
      expect(await first.leads()).toBe(false)
      await until(() => second.leads())
      expect(await first.leads()).toBe(false)
      await second.resign()
    })
  })
}
