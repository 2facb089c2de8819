import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../../platform/identifiers.js'
import type { Signal, Signals } from '../../../gateway/ports.js'
import { until } from '../../support/until.js'

export interface OpenSignals {
  /** Of two gateways; where both are in one process they may be the same. */
  readonly gateways: readonly [Signals, Signals]
  readonly close: () => Promise<void>
}

export const typing = (): Signal => ({ type: 'typing', conversation: newId(), userId: newId() })

/** What every adapter holds. */
export const signalsContract = (name: string, open: () => Promise<OpenSignals>): void => {
  describe(`the contract of signals, ${name}`, () => {
    let opened: OpenSignals
    beforeEach(async () => { opened = await open() })
    afterEach(() => opened.close())

    it('every gateway that listens hears each signal as it was published, the own one too', async () => {
      const { gateways: [one, other] } = opened
      const heard: [Signal[], Signal[]] = [[], []]
      await one.listen((signals) => heard[0].push(...signals))
      await other.listen((signals) => heard[1].push(...signals))
      const signals: ReadonlyArray<Signal> = [typing(), { type: 'delivered', conversation: newId(), userId: newId(), after: -1, through: 7 }, { type: 'presence', userId: newId() }]
      one.publish(signals)
      await until(() => heard.every(({ length }) => length >= 3))
      expect(heard).toEqual([signals, signals])
    })

    it('many at once arrive, in their order', async () => {
      const { gateways: [one, other] } = opened
      const heard: Signal[] = []
      await one.listen(() => undefined)
      await other.listen((signals) => heard.push(...signals))
      const signals = Array.from({ length: 2_000 }, typing)
      one.publish(signals)
      await until(() => heard.length >= 2_000)
      expect(heard).toEqual(signals)
    })

    it('none at all are not told', async () => {
      const { gateways: [one] } = opened
      const heard: Array<ReadonlyArray<Signal>> = []
      await one.listen((signals) => heard.push(signals))
      one.publish([])
      one.publish([typing()])
      await until(() => heard.length > 0)
      expect(heard.map(({ length }) => length)).toEqual([1])
    })

    it('who has left hears nothing more; one that throws harms nobody; nobody hears within the call', async () => {
      const { gateways: [gateway] } = opened
      const [left, stayed]: [Signal[], Signal[]] = [[], []]
      const leave = await gateway.listen((signals) => left.push(...signals))
      await gateway.listen(() => { throw new Error('a defect') })
      await gateway.listen((signals) => stayed.push(...signals))
      gateway.publish([typing()])
      expect(stayed).toEqual([])
      await until(() => left.length === 1 && stayed.length === 1)
      await leave()
      gateway.publish([typing()])
      await until(() => stayed.length === 2)
      expect(left).toHaveLength(1)
    })
  })
}
