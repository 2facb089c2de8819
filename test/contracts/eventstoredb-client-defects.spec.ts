import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import { eventStoreDbStore } from '../../adapters/eventstoredb/event-store.js'
import { StoreReadFailed } from '../../events/event-store.js'
import type { EventStore, StreamName } from '../../events/event-store.js'
import { startEventStoreDbStandIn } from '../support/eventstoredb/server.js'
import type { StandInOptions } from '../support/eventstoredb/server.js'
import { until } from '../support/until.js'
import { firstSightings, startFollower } from './event-store/follower.js'
import { anEvent, appended, appendedAtLast, aStream, at, bytes, events, eventsOf, refused, wholeStream } from './event-store/subject.js'

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => { for (const end of ends.splice(0).reverse()) await end() })

const standIn = async (options: StandInOptions = {}) => {
  const started = await startEventStoreDbStandIn(options)
  ends.push(started.stop)
  return started
}
const openStore = async (url: string, timeoutMs?: number): Promise<EventStore> => {
  const store = await eventStoreDbStore({ url, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  ends.push(store.close)
  return store
}
const opened = async (options: StandInOptions = {}, timeoutMs?: number) => {
  const { url, faults } = await standIn(options)
  return { url, faults, store: await openStore(url, timeoutMs) }
}
const unavailable = E.left(expect.objectContaining({ _tag: 'StoreUnavailable' }))
const revisions = async (store: EventStore, stream: StreamName) => (await wholeStream(store, stream)).map(({ revision }) => Number(revision))
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

/** Restarts a server with a log on disk on the same port, so that its clients have to come back. */
const restartable = async () => {
  const directory = await mkdtemp(join(tmpdir(), 'stand-in-'))
  ends.push(() => rm(directory, { recursive: true }))
  let server = await startEventStoreDbStandIn({ directory })
  ends.push(() => server.stop())
  const restart = async () => {
    await server.stop()
    server = await startEventStoreDbStandIn({ directory, port: server.port })
  }
  return { url: server.url, restart }
}

describe('the defects of @eventstore/db-client 6.2.1 do not reach the port', () => {
  it('defect 1: the option that makes it invent revisions is refused, and a refusal names the actual revision', async () => {
    const { url, store } = await opened()
    await expect(eventStoreDbStore({ url: `${url}&throwOnAppendFailure=false` })).rejects.toThrow('throwOnAppendFailure')
    const stream = aStream()
    await appended(store, stream, 'no-stream', events(7))
    expect(await refused(store, stream, at(2), events(1))).toEqual({ _tag: 'WrongExpectedRevision', actual: 6n })
  })

  it('defect 2: appends to a stream that nobody awaits keep their order, the first of a connection included', async () => {
    const { store } = await opened()
    const [stream, batch] = [aStream(), events(64)]
    await Promise.all(batch.map((event) => appended(store, stream, 'any', [event])))
    expect((await wholeStream(store, stream)).map(({ id }) => id)).toEqual(batch.map(({ id }) => id))
  })

  it('defect 3: all stores of a process share a connection, and another server is refused', async () => {
    const { url, store } = await opened()
    const other = await standIn()
    const second = await openStore(url)
    await expect(eventStoreDbStore({ url: other.url })).rejects.toThrow('connected to another')
    await store.close()
    const stream = aStream()
    await appended(second, stream, 'no-stream', events(1))
    await second.close()
    await appended(await openStore(other.url), stream, 'no-stream', events(1))
  })

  it('defect 3: appends in flight when a connection breaks are unknown, and asking again with the same ids makes each one', async () => {
    const { faults, store } = await opened()
    const streams = Array.from({ length: 40 }, () => ({ stream: aStream(), batch: events(2) }))
    for (let round = 0; round < 5; round += 1) {
      const release = faults.holdAnswers()
      const answers = Promise.all(streams.map(({ stream, batch }) => store.append(stream, round === 0 ? 'no-stream' : at(2 * round - 1), batch)()))
      const expected = round === 0 ? 'no-stream' : at(2 * round - 1)
      faults.dropConnections()
      release()
      for (const answer of await answers) expect(E.isRight(answer) || answer.left._tag === 'StoreUnavailable').toBe(true)
      for (const { stream, batch } of streams) expect(E.isRight(await appendedAtLast(store, stream, expected, batch))).toBe(true)
      for (const item of streams) item.batch = events(2)
    }
    for (const { stream } of streams) expect(await revisions(store, stream)).toEqual(upTo(10))
  })

  it('defect 4: an append to a silent server is answered within our own time, the others meanwhile at once', async () => {
    const { faults, store } = await opened({}, 300)
    const [stream, batch] = [aStream(), events(1)]
    const speak = faults.beSilent()
    expect(await store.append(stream, 'no-stream', batch)()).toEqual(unavailable)
    const crowd = await Promise.all(Array.from({ length: 50 }, () => store.append(aStream(), 'no-stream', events(1))()))
    expect(crowd.every((answer) => E.isLeft(answer) && answer.left._tag === 'StoreUnavailable')).toBe(true)
    expect(crowd.filter((answer) => E.isLeft(answer) && JSON.stringify(answer.left).includes('at present')).length).toBeGreaterThan(40)
    await expect(wholeStream(store, stream)).rejects.toBeInstanceOf(StoreReadFailed)
    speak()
    expect(E.isRight(await appendedAtLast(store, stream, 'no-stream', batch))).toBe(true)
    expect(await revisions(store, stream)).toEqual([0])
  })

  it('defect 5: bytes are handed on as they are, never serialised by the client', async () => {
    const { store } = await opened()
    const [stream, event] = [aStream(), anEvent({ data: Uint8Array.of(0x7b, 0xff, 0x00, 0xfe), metadata: bytes('not json {') })]
    await appended(store, stream, 'no-stream', [event])
    expect((await wholeStream(store, stream))[0]).toMatchObject({ data: event.data, metadata: event.metadata })
  })

  it('defect 6: Buffers come back as the bytes they are', async () => {
    const { store } = await opened()
    const [stream, text] = [aStream(), '{"type":"Buffer","data":[1]}']
    const event = anEvent({ data: Buffer.from(text), metadata: Buffer.from(text), sealed: Buffer.from([0, 255, 10]) })
    await appended(store, stream, 'no-stream', [event])
    const [read] = await wholeStream(store, stream)
    expect(read).toMatchObject({ data: bytes(text), metadata: bytes(text), sealed: Uint8Array.of(0, 255, 10) })
  })

  it('defect 7: readers that stop early leave no call open, nor do followers', async () => {
    const { faults, store } = await opened()
    const stream = aStream()
    await appended(store, stream, 'no-stream', events(300))
    await until(() => faults.openCalls() <= 1)
    for (let time = 0; time < 100; time += 1) {
      for await (const event of store.read(stream, { from: 'start', direction: 'forwards', limit: 300 })) if (event.revision === 1n) break
    }
    for (let time = 0; time < 20; time += 1) {
      const follower = startFollower(store, 'start', [stream])
      await until(() => follower.caughtUp.length === 1)
      await follower.stop()
    }
    await until(() => faults.openCalls() <= 1)
    await appended(store, stream, at(299), events(1))
  })

  it('defect 8: a follower resumes by itself when connections drop and when the server restarts', async () => {
    const { url, restart } = await restartable()
    const [store, stream] = [await openStore(url), aStream()]
    const follower = startFollower(store, 'start', [stream])
    await until(() => follower.caughtUp.length === 1)
    for (let revision = -1; revision < 29; revision += 1) {
      const expected = revision === -1 ? 'no-stream' : at(revision)
      expect(E.isRight(await appendedAtLast(store, stream, expected, events(1)))).toBe(true)
      if (revision % 10 === 5) await restart()
    }
    await until(() => firstSightings(follower.seen).length === 30)
    await follower.stop()
    expect(firstSightings(follower.seen).map(({ revision }) => Number(revision))).toEqual(upTo(30))
    expect(follower.caughtUp).toHaveLength(1)
  })

  it('defect 8: closing while followed, and dropping connections while nobody pulls, ends nothing but the follower', async () => {
    const { faults, store } = await opened()
    const { position } = await appended(store, aStream(), 'no-stream', events(1))
    const items = store.follow(position, new AbortController().signal)[Symbol.asyncIterator]()
    expect(await items.next()).toMatchObject({ value: { type: 'caught-up' } })
    const pulled = items.next()
    const stream = aStream()
    await appended(store, stream, 'no-stream', events(3))
    expect(await pulled).toMatchObject({ value: { stream } })
    faults.dropConnections()
    expect(await items.next()).toMatchObject({ value: { stream } })
    expect(await items.next()).toMatchObject({ value: { stream } })
    await store.close()
    expect(await items.next()).toMatchObject({ done: true })
  })

  it('defect 9: a slow follower gets everything from a server that drops slow subscribers', async () => {
    const { store } = await opened({ slowSubscribersDropped: true })
    const [stream, abort] = [aStream(), new AbortController()]
    const { position } = await appended(store, stream, 'no-stream', events(1))
    const seen: number[] = []
    let last = 0
    for await (const item of store.follow(position, abort.signal)) {
      if ('id' in item) seen.push(Number(item.revision))
      if (seen.length >= last && last < 600) {
        for (let batch = 0; batch < 50; batch += 1) await appended(store, stream, at(last + batch * 4), eventsOf(4, 8_000))
        last += 200
      }
      if (seen.length === 600) abort.abort()
    }
    expect(seen).toEqual(upTo(601).slice(1))
  })

  it('defect 10: raw gRPC errors while it fetches capabilities are unavailability, and it recovers from them', async () => {
    const { url, faults, store } = await opened()
    const [stream, batch] = [aStream(), events(1)]
    faults.refuseFeatures(true)
    faults.dropConnections()
    for (let time = 0; time < 5; time += 1) expect(await store.append(stream, 'no-stream', batch)()).toEqual(unavailable)
    await store.close()
    await expect(eventStoreDbStore({ url })).rejects.toBeInstanceOf(StoreReadFailed)
    faults.refuseFeatures(false)
    expect(E.isRight(await appendedAtLast(await openStore(url), stream, 'no-stream', batch))).toBe(true)
  })

  it('defect 10: a connection that failed with a raw error is replaced', async () => {
    const { faults, store } = await opened()
    const [stream, batch] = [aStream(), events(1)]
    faults.refuseFeatures(true)
    faults.dropConnections()
    await until(async () => JSON.stringify(await store.append(stream, 'no-stream', batch)()).includes('features refused'))
    faults.refuseFeatures(false)
    expect(E.isRight(await appendedAtLast(store, stream, 'no-stream', batch))).toBe(true)
  })

  it('defect 11: appends go on after many restarts of the server', async () => {
    const { url, restart } = await restartable()
    const [store, stream] = [await openStore(url), aStream()]
    for (let revision = -1; revision < 9; revision += 1) {
      const restarted = restart()
      expect(E.isRight(await appendedAtLast(store, stream, revision === -1 ? 'no-stream' : at(revision), events(1)))).toBe(true)
      await restarted
    }
    expect(await revisions(store, stream)).toEqual(upTo(10))
  })
})

describe('what the server refuses', () => {
  it.each(['busy', 'not-ready', 'timeout', 'access-denied'] as const)('%s is unavailability, and passes', async (refusal) => {
    const { faults, store } = await opened()
    const [stream, batch] = [aStream(), events(1)]
    faults.refuseAppends(refusal)
    expect(await store.append(stream, 'no-stream', batch)()).toEqual(unavailable)
    faults.refuseAppends(undefined)
    await appended(store, stream, 'no-stream', batch)
  })

  it("a size that is within our limits but over the server's names the server's", async () => {
    const { store } = await opened({ maxAppendBytes: 10_000 })
    expect(await refused(store, aStream(), 'no-stream', eventsOf(2, 8_000))).toMatchObject({ _tag: 'AppendTooLarge', limit: 10_000 })
  })
})

it('a server that only has Streams.Append will do', async () => {
  const { store } = await opened({ batchAppendListed: false })
  const [stream, batch] = [aStream(), events(3)]
  const original = await appended(store, stream, 'no-stream', batch)
  expect(await appended(store, stream, 'no-stream', batch)).toEqual(original)
  expect(await refused(store, stream, at(0), events(1))).toEqual({ _tag: 'WrongExpectedRevision', actual: 2n })
})

it('positions that a stream read does not tell are found without writing anything', async () => {
  const { url, store } = await opened()
  const stream = aStream()
  await appended(store, stream, 'no-stream', events(5))
  await appended(store, stream, at(4), events(1))
  await store.close()
  const again = await openStore(url)
  const follower = startFollower(again, 'start', [stream])
  const cold = await wholeStream(await openStore(url), stream)
  await until(() => follower.seen.length === 6)
  await follower.stop()
  expect(cold).toEqual(follower.seen)
})
