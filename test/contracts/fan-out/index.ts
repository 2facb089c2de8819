import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CommittedBatch } from '../../../events/committed.js'
import type { Position, RecordedEvent } from '../../../events/event-store.js'
import type { FanOut } from '../../../gateway/ports.js'
import type { Announcer } from '../../../projections/ports.js'
import { until } from '../../support/until.js'
import { anEvent, aStream } from '../event-store/subject.js'

export interface OpenFanOut {
  readonly announcer: Announcer
  /** Of two gateways; where both are in one process they may be the same. */
  readonly gateways: readonly [FanOut, FanOut]
  readonly partitions: number
  readonly close: () => Promise<void>
}

export const position = (number: number): Position => String(number).padStart(20, '0') as Position

const eventAt = (number: number): RecordedEvent => ({ ...anEvent(), stream: aStream(), revision: BigInt(number), position: position(number) })

/** A chain of batches of one partition, of two events each. */
export const chain = (partition: number, first: number, last: number): ReadonlyArray<CommittedBatch> =>
  Array.from({ length: last - first + 1 }, (_, index) => {
    const at = 2 * (first + index)
    return { partition, after: at === 0 ? 'start' : position(at), through: position(at + 2), events: [eventAt(at + 1), eventAt(at + 2)] }
  })

export const plain = (batch: CommittedBatch) => ({
  ...batch,
  events: batch.events.map((event) => ({ ...event, data: [...event.data], metadata: [...event.metadata], sealed: event.sealed && [...event.sealed] })),
})

export const isChain = (batches: ReadonlyArray<CommittedBatch>): boolean =>
  batches.every(({ after }, index) => index === 0 || after === batches[index - 1]?.through)

/** What every fan-out holds. */
export const fanOutContract = (name: string, open: () => Promise<OpenFanOut>): void => {
  describe(`the fan-out contract, ${name}`, () => {
    let opened: OpenFanOut
    beforeEach(async () => { opened = await open() })
    afterEach(() => opened.close())

    it('G7: every gateway hears every batch as it was announced', async () => {
      const { announcer, gateways: [one, other] } = opened
      const heard: [CommittedBatch[], CommittedBatch[]] = [[], []]
      await one.listen((batch) => heard[0].push(batch))
      await other.listen((batch) => heard[1].push(batch))
      const batches = chain(0, 0, 4)
      batches.forEach(announcer.announce)
      await until(() => heard.every(({ length }) => length >= 5))
      expect(heard.map((list) => list.map(plain))).toEqual([batches.map(plain), batches.map(plain)])
    })

    it('batches of a partition arrive in order, each once, and chain', async () => {
      const { announcer, gateways: [gateway], partitions } = opened
      const heard: CommittedBatch[] = []
      await gateway.listen((batch) => heard.push(batch))
      const chains = Array.from({ length: partitions }, (_, partition) => chain(partition, 0, 199))
      for (let index = 0; index < 200; index += 1) for (const one of chains) one.slice(index, index + 1).forEach(announcer.announce)
      await until(() => heard.length >= 200 * partitions)
      for (const one of chains) {
        const mine = heard.filter(({ partition }) => partition === one[0]?.partition)
        expect(mine).toHaveLength(200)
        expect(isChain(mine)).toBe(true)
      }
    })

    it('a batch without events tells how far its partition is', async () => {
      const { announcer, gateways: [gateway] } = opened
      const heard: CommittedBatch[] = []
      await gateway.listen((batch) => heard.push(batch))
      const batch: CommittedBatch = { partition: 1, after: 'start', through: position(9), events: [] }
      announcer.announce(batch)
      await until(() => heard.length === 1)
      expect(heard).toEqual([batch])
    })

    it('a large batch arrives whole, perhaps as a chain of smaller ones', async () => {
      const { announcer, gateways: [gateway] } = opened
      const heard: CommittedBatch[] = []
      await gateway.listen((batch) => heard.push(batch))
      const large = (number: number) => ({ ...eventAt(number), sealed: new Uint8Array(100_000).fill(number) })
      const batch: CommittedBatch = { partition: 0, after: 'start', through: position(12), events: Array.from({ length: 10 }, (_, index) => large(index + 1)) }
      announcer.announce(batch)
      await until(() => heard.at(-1)?.through === batch.through)
      expect([heard[0]?.after, isChain(heard)]).toEqual(['start', true])
      expect(heard.flatMap((part) => plain(part).events)).toEqual(plain(batch).events)
      for (const part of heard.slice(0, -1)) expect(part.events.at(-1)?.position).toBe(part.through)
    })

    it('who has left hears nothing more; the others do', async () => {
      const { announcer, gateways: [gateway] } = opened
      const [left, stayed]: [CommittedBatch[], CommittedBatch[]] = [[], []]
      const leave = await gateway.listen((batch) => left.push(batch))
      await gateway.listen((batch) => stayed.push(batch))
      const [first, second] = chain(0, 0, 1)
      if (first !== undefined) announcer.announce(first)
      await until(() => left.length === 1 && stayed.length === 1)
      await leave()
      if (second !== undefined) announcer.announce(second)
      await until(() => stayed.length === 2)
      expect(left).toHaveLength(1)
    })

    it('a listener that throws harms neither the announcer nor the others', async () => {
      const { announcer, gateways: [gateway] } = opened
      const heard: CommittedBatch[] = []
      await gateway.listen(() => { throw new Error('a defect') })
      await gateway.listen((batch) => heard.push(batch))
      for (const batch of chain(0, 0, 2)) expect(() => announcer.announce(batch)).not.toThrow()
      await until(() => heard.length === 3)
    })

    it('announcing never waits: no listener runs within the call', async () => {
      const { announcer, gateways: [gateway] } = opened
      let heard = 0
      await gateway.listen(() => { heard += 1 })
      chain(0, 0, 9).forEach(announcer.announce)
      expect(heard).toBe(0)
      await until(() => heard === 10)
    })
  })
}
