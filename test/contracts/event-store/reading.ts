import { describe, expect, it } from 'vitest'
import type { EventStore, StreamName } from '../../../events/event-store.js'
import { appended, at, aStream, collect, events } from './subject.js'
import type { Subject } from './subject.js'

type Options = Parameters<EventStore['read']>[1]

const revisions = async (store: EventStore, stream: StreamName, from: Options['from'], direction: Options['direction'], limit: number) =>
  (await collect(store.read(stream, { from, direction, limit }))).map(({ revision }) => Number(revision))

export const reading = (subject: Subject): void => {
  describe('reading', () => {
    const aStreamOfTen = async () => {
      const [{ store }, stream] = [subject(), aStream()]
      await appended(store, stream, 'no-stream', events(6))
      await appended(store, stream, at(5), events(4))
      return { store, stream }
    }

    it('a stream that is not there is empty, both ways', async () => {
      const { store } = subject()
      for (const from of ['start', 'end', 3n] as const) {
        expect(await revisions(store, aStream(), from, 'forwards', 10)).toEqual([])
        expect(await revisions(store, aStream(), from, 'backwards', 10)).toEqual([])
      }
    })

    it('forwards from the start, the end or a revision, which is included', async () => {
      const { store, stream } = await aStreamOfTen()
      expect(await revisions(store, stream, 'start', 'forwards', 3)).toEqual([0, 1, 2])
      expect(await revisions(store, stream, 4n, 'forwards', 3)).toEqual([4, 5, 6])
      expect(await revisions(store, stream, 8n, 'forwards', 5)).toEqual([8, 9])
      expect(await revisions(store, stream, 'end', 'forwards', 5)).toEqual([9])
      expect(await revisions(store, stream, 10n, 'forwards', 5)).toEqual([])
    })

    it('backwards from the start, the end or a revision, which is included', async () => {
      const { store, stream } = await aStreamOfTen()
      expect(await revisions(store, stream, 'end', 'backwards', 3)).toEqual([9, 8, 7])
      expect(await revisions(store, stream, 4n, 'backwards', 3)).toEqual([4, 3, 2])
      expect(await revisions(store, stream, 1n, 'backwards', 5)).toEqual([1, 0])
      expect(await revisions(store, stream, 'start', 'backwards', 5)).toEqual([0])
      expect(await revisions(store, stream, 50n, 'backwards', 2)).toEqual([9, 8])
    })

    it('exactly as many events as there are, as are asked for, and none', async () => {
      const { store, stream } = await aStreamOfTen()
      expect(await revisions(store, stream, 'start', 'forwards', 10)).toHaveLength(10)
      expect(await revisions(store, stream, 'start', 'forwards', 11)).toHaveLength(10)
      expect(await revisions(store, stream, 'start', 'forwards', 1)).toEqual([0])
      expect(await revisions(store, stream, 'start', 'forwards', 0)).toEqual([])
    })

    it('a long stream is read to its end', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      for (let batch = 0; batch < 5; batch += 1) await appended(store, stream, batch === 0 ? 'no-stream' : at(batch * 500 - 1), events(500))
      expect(await revisions(store, stream, 'start', 'forwards', 10_000)).toEqual(Array.from({ length: 2_500 }, (_, index) => index))
      expect((await revisions(store, stream, 'end', 'backwards', 10_000)).at(-1)).toBe(0)
    })

    it('a reader may stop early', async () => {
      const { store, stream } = await aStreamOfTen()
      for await (const event of store.read(stream, { from: 'start', direction: 'forwards', limit: 10 })) {
        if (event.revision === 2n) break
      }
      expect(await revisions(store, stream, 'start', 'forwards', 1)).toEqual([0])
    })
  })
}
