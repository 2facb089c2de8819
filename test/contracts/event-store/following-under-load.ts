import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { EventStore, Position, RecordedEvent, StreamName } from '../../../events/event-store.js'
import { until } from '../../support/until.js'
import { firstSightings, startFollower } from './follower.js'
import { anEvent, appended, appendedAtLast, aStream, events } from './subject.js'
import type { Subject } from './subject.js'

const WRITERS = 16
const APPENDS_EACH = 25
const EXPECTED = WRITERS * APPENDS_EACH

const writers = (): ReadonlyArray<StreamName> => Array.from({ length: WRITERS }, () => aStream())

const writeAll = (store: EventStore, streams: ReadonlyArray<StreamName>, written: (count: number) => void = () => undefined) => {
  let count = 0
  const write = async (stream: StreamName) => {
    for (let last = -1n; last < BigInt(APPENDS_EACH - 1); last += 1n) {
      const answer = await appendedAtLast(store, stream, last === -1n ? 'no-stream' : { revision: last }, [anEvent()])
      if (E.isLeft(answer)) throw new Error(`append refused: ${answer.left._tag}`, { cause: answer.left })
      count += 1
      written(count)
    }
  }
  return Promise.all(streams.map(write))
}

const expectWhole = (seen: ReadonlyArray<RecordedEvent>, streams: ReadonlyArray<StreamName>) => {
  const once = firstSightings(seen)
  const positions = once.map(({ position }) => position)
  expect(positions).toEqual([...positions].sort())
  for (const stream of streams)
    expect(once.filter((event) => event.stream === stream).map(({ revision }) => Number(revision)))
      .toEqual(Array.from({ length: APPENDS_EACH }, (_, index) => index))
}

const now = async (store: EventStore): Promise<Position> => (await appended(store, aStream(), 'no-stream', events(1))).position

export const followingUnderLoad = (subject: Subject): void => {
  describe('following while 16 writers append', () => {
    it('Q5: no event is skipped, whenever the follower starts', async () => {
      const [{ store }, streams] = [subject(), writers()]
      const from = await now(store)
      const followers = [startFollower(store, from, streams)]
      await writeAll(store, streams, (count) => {
        if (count % 100 === 0) followers.push(startFollower(store, from, streams))
      })
      await until(() => followers.every(({ seen }) => seen.length >= EXPECTED))
      await Promise.all(followers.map(({ stop }) => stop()))
      for (const { seen, caughtUp } of followers) {
        expect(seen).toHaveLength(EXPECTED)
        expect(caughtUp).toHaveLength(1)
        expectWhole(seen, streams)
      }
    })

    it('no event is skipped while appends are held open', async (context) => {
      const [{ store, holdAppends }, streams] = [subject(), writers()]
      if (holdAppends === undefined) return context.skip('this store holds no append open')
      const from = await now(store)
      const follower = startFollower(store, from, streams)
      await until(() => follower.caughtUp.length === 1)
      let writing = true
      const written = writeAll(store, streams).finally(() => { writing = false })
      while (writing) {
        const release = await holdAppends()
        const late = startFollower(store, from, [])
        await until(() => late.caughtUp.length === 1)
        await release()
        await late.stop()
      }
      await written
      await until(() => follower.seen.length >= EXPECTED)
      await follower.stop()
      expectWhole(follower.seen, streams)
    })

    it('every event is seen, and every append is one, across dropped connections', async (context) => {
      const [{ store, dropConnections }, streams] = [subject(), writers()]
      if (dropConnections === undefined) return context.skip('this store has no connections')
      const from = await now(store)
      const follower = startFollower(store, from, streams)
      const drops: Promise<void>[] = []
      await writeAll(store, streams, (count) => {
        if (count % 80 === 0) drops.push(dropConnections())
      })
      await Promise.all(drops)
      await until(() => firstSightings(follower.seen).length >= EXPECTED)
      await follower.stop()
      expect(follower.caughtUp).toHaveLength(1)
      expectWhole(follower.seen, streams)
    })
  })
}
