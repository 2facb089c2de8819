import { describe, expect, it } from 'vitest'
import type { RecordedEvent, StreamName } from '../../../events/event-store.js'
import { until } from '../../support/until.js'
import { startFollower } from './follower.js'
import { anEvent, appended, at, aStream, events, eventsOf, wholeStream } from './subject.js'
import type { Subject } from './subject.js'

const numbers = (seen: ReadonlyArray<RecordedEvent>) => seen.map(({ revision }) => Number(revision))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

export const following = (subject: Subject): void => {
  describe('following', () => {
    it('Q5: history, then exactly one caught-up, then live', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      await appended(store, stream, 'no-stream', events(5))
      const follower = startFollower(store, 'start', [stream])
      await until(() => follower.caughtUp.length === 1)
      expect(follower.caughtUp[0]?.after).toBe(5)
      for (let revision = 4; revision < 14; revision += 1) await appended(store, stream, at(revision), events(1))
      await until(() => follower.seen.length >= 15)
      await follower.stop()
      expect(numbers(follower.seen)).toEqual(upTo(15))
      expect(follower.caughtUp).toHaveLength(1)
    })

    it('what is followed is what is read: all fields', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const { position } = await appended(store, stream, 'no-stream', events(1))
      const follower = startFollower(store, position, [stream])
      await appended(store, stream, at(0), [anEvent({ sealed: undefined }), ...events(2)])
      await until(() => follower.seen.length >= 3)
      await follower.stop()
      expect(follower.seen).toEqual((await wholeStream(store, stream)).slice(1))
    })

    it('from a position: only what comes after it, and caught up at it when nothing does', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      await appended(store, stream, 'no-stream', events(4))
      const middle = (await wholeStream(store, stream))[1]
      const { position: end } = await appended(store, stream, at(3), events(1))
      const [fromMiddle, fromEnd] = [startFollower(store, middle?.position ?? 'start', [stream]), startFollower(store, end, [stream])]
      await until(() => fromMiddle.caughtUp.length === 1 && fromEnd.caughtUp.length === 1)
      await Promise.all([fromMiddle.stop(), fromEnd.stop()])
      expect([numbers(fromMiddle.seen), numbers(fromEnd.seen)]).toEqual([[2, 3, 4], []])
      expect((fromEnd.caughtUp[0]?.position ?? '') >= end).toBe(true)
    })

    it('many streams arrive by position, each by its revisions, the same for every follower', async () => {
      const { store } = subject()
      const streams: ReadonlyArray<StreamName> = [aStream(), aStream('account'), aStream('story')]
      const { position } = await appended(store, aStream(), 'no-stream', events(1))
      const early = startFollower(store, position, streams)
      for (let revision = -1; revision < 19; revision += 1)
        for (const stream of streams) await appended(store, stream, revision === -1 ? 'no-stream' : at(revision), events(1))
      const late = startFollower(store, position, streams)
      await until(() => early.seen.length >= 60 && late.seen.length >= 60)
      await Promise.all([early.stop(), late.stop()])
      const positions = early.seen.map((event) => event.position)
      expect(positions).toEqual([...new Set(positions)].sort())
      expect(late.seen.map((event) => event.position)).toEqual(positions)
      for (const stream of streams) expect(numbers(early.seen.filter((event) => event.stream === stream))).toEqual(upTo(20))
    })

    it('ends by the signal: before the first event, in the history, and while waiting', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const { position } = await appended(store, stream, 'no-stream', events(1))
      await appended(store, stream, at(0), events(300))
      const aborted: string[] = []
      for await (const item of store.follow(position, AbortSignal.abort())) aborted.push(item.type)
      expect(aborted).toEqual([])

      const abort = new AbortController()
      let taken = 0
      for await (const item of store.follow(position, abort.signal)) {
        if ('id' in item) taken += 1
        if (taken === 3) abort.abort()
      }
      expect(taken).toBe(3)

      const waiting = startFollower(store, position, [stream])
      await until(() => waiting.caughtUp.length === 1)
      await waiting.stop()
      await appended(store, stream, at(300), events(1))
      expect(waiting.seen).toHaveLength(300)
    })

    it('a follower may break out of its loop', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const { position } = await appended(store, stream, 'no-stream', events(1))
      await appended(store, stream, at(0), events(50))
      for await (const item of store.follow(position, new AbortController().signal)) if ('id' in item) break
      await appended(store, stream, at(50), events(1))
    })

    it('a slow consumer gets everything', async () => {
      const [{ store }, stream] = [subject(), aStream()]
      const { position } = await appended(store, stream, 'no-stream', events(1))
      const abort = new AbortController()
      const seen: number[] = []
      let last = 0
      for await (const item of store.follow(position, abort.signal)) {
        if ('id' in item && item.stream === stream) seen.push(Number(item.revision))
        if (seen.length >= last && last < 600) {
          for (let batch = 0; batch < 50; batch += 1) {
            await appended(store, stream, at(last + batch * 4), eventsOf(4, 8_000))
          }
          last += 200
        }
        if (seen.length === 600) abort.abort()
      }
      expect(seen).toEqual(upTo(601).slice(1))
    })

    it('closing the store ends its followers', async () => {
      const { store, reopen } = subject()
      const { position } = await appended(store, aStream(), 'no-stream', events(1))
      const follower = startFollower(store, position, [])
      await until(() => follower.caughtUp.length === 1)
      await store.close()
      await follower.ended
      await reopen()
    })
  })
}
