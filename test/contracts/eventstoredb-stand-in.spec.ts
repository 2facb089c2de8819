import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, truncate, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ANY, BACKWARDS, END, EventStoreDBClient, NO_STREAM, START, STREAM_EXISTS, StreamDeletedError, StreamNotFoundError, WrongExpectedVersionError,
  jsonEvent, streamNameFilter,
} from '@eventstore/db-client'
import type { AllStreamSubscription, AppendExpectedRevision, JSONEventData } from '@eventstore/db-client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startStandInProcess } from '../support/eventstoredb/process.js'
import { startEventStoreDbStandIn } from '../support/eventstoredb/server.js'
import type { StandIn } from '../support/eventstoredb/server.js'
import { until } from '../support/until.js'

let standIn: StandIn
let client: EventStoreDBClient
beforeAll(async () => {
  standIn = await startEventStoreDbStandIn()
  client = EventStoreDBClient.connectionString(standIn.url)
})
afterAll(async () => {
  await client.dispose()
  await standIn.stop()
})

const aStream = () => `conversation-${randomUUID()}`
const anEvent = (size = 1): JSONEventData => jsonEvent({ type: 'Said', data: { text: 'x'.repeat(size) } })
const append = (stream: string, expectedRevision: AppendExpectedRevision, ...events: JSONEventData[]) =>
  client.appendToStream(stream, events, { expectedRevision })
const wrong = (current: bigint | 'no_stream') => ({ type: 'wrong-expected-version', actualVersion: current })
const revisions = async (stream: string, options: Parameters<EventStoreDBClient['readStream']>[1] = {}) => {
  const seen: number[] = []
  for await (const { event } of client.readStream(stream, options)) seen.push(Number(event?.revision))
  return seen
}

describe('expected revisions', () => {
  it('no stream, a revision, stream exists, any', async () => {
    const stream = aStream()
    await expect(append(stream, STREAM_EXISTS, anEvent())).rejects.toMatchObject(wrong('no_stream'))
    await expect(append(stream, 0n, anEvent())).rejects.toMatchObject(wrong('no_stream'))
    expect(await append(stream, NO_STREAM, anEvent(), anEvent())).toMatchObject({ success: true, nextExpectedRevision: 1n })
    await expect(append(stream, NO_STREAM, anEvent())).rejects.toMatchObject(wrong(1n))
    await expect(append(stream, 0n, anEvent())).rejects.toBeInstanceOf(WrongExpectedVersionError)
    await expect(append(stream, 7n, anEvent())).rejects.toMatchObject(wrong(1n))
    expect(await append(stream, 1n, anEvent())).toMatchObject({ nextExpectedRevision: 2n })
    expect(await append(stream, STREAM_EXISTS, anEvent())).toMatchObject({ nextExpectedRevision: 3n })
    expect(await append(stream, ANY, anEvent())).toMatchObject({ nextExpectedRevision: 4n })
    expect(await revisions(stream)).toEqual([0, 1, 2, 3, 4])
  })

  it('Streams.Append, which calls with their own credentials use, has the same rules', async () => {
    const stream = aStream()
    const one = { credentials: { username: 'admin', password: 'changeit' } }
    const again = anEvent()
    const first = await client.appendToStream(stream, [again], { ...one, expectedRevision: NO_STREAM })
    expect(first).toMatchObject({ success: true, nextExpectedRevision: 0n })
    expect(await client.appendToStream(stream, [again], { ...one, expectedRevision: NO_STREAM })).toEqual(first)
    await expect(client.appendToStream(stream, [anEvent()], { ...one, expectedRevision: 9n })).rejects.toMatchObject(wrong(0n))
    await expect(client.appendToStream(stream, [anEvent(2_000_000)], { ...one })).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' })
  })
})

describe('idempotence', () => {
  it('strong: ids at a revision behind the end are compared one by one', async () => {
    const [stream, first, second] = [aStream(), anEvent(), anEvent()]
    const original = await append(stream, NO_STREAM, first, second)
    await append(stream, 1n, anEvent())
    expect(await append(stream, NO_STREAM, first, second)).toEqual(original)
    expect(await append(stream, 0n, second)).toEqual(original)
    await expect(append(stream, NO_STREAM, second)).rejects.toMatchObject(wrong(2n))
    await expect(append(stream, NO_STREAM, first, anEvent())).rejects.toMatchObject(wrong(2n))
    await expect(append(stream, 0n, second, anEvent(), anEvent())).rejects.toMatchObject(wrong(2n))
  })

  it('weak: any compares ids with recent commits of the same stream', async () => {
    const [stream, other, known] = [aStream(), aStream(), anEvent()]
    const original = await append(stream, ANY, known)
    expect(await append(stream, ANY, known)).toEqual(original)
    expect(await append(stream, STREAM_EXISTS, known)).toEqual(original)
    await expect(append(stream, ANY, known, anEvent())).rejects.toMatchObject(wrong(0n))
    expect(await append(stream, ANY, anEvent(), known)).toMatchObject({ nextExpectedRevision: 2n })
    expect(await append(other, ANY, known)).toMatchObject({ nextExpectedRevision: 0n })
  })
})

describe('deleting', () => {
  it('a soft-deleted stream is not found, and its numbering goes on', async () => {
    const stream = aStream()
    await append(stream, NO_STREAM, anEvent(), anEvent())
    await client.deleteStream(stream)
    await expect(revisions(stream)).rejects.toBeInstanceOf(StreamNotFoundError)
    await expect(append(stream, STREAM_EXISTS, anEvent())).rejects.toBeInstanceOf(StreamDeletedError)
    expect(await append(stream, NO_STREAM, anEvent())).toMatchObject({ nextExpectedRevision: 2n })
    expect(await revisions(stream)).toEqual([2])
  })

  it('a stream that never was cannot be deleted; the trailers name it', async () => {
    const stream = aStream()
    await expect(client.deleteStream(stream)).rejects.toMatchObject({ type: 'wrong-expected-version', streamName: stream })
    await append(stream, NO_STREAM, anEvent())
    await expect(client.deleteStream(stream, { expectedRevision: 4n })).rejects.toMatchObject({ expectedVersion: 4n, actualVersion: 0n })
  })

  it('a tombstone is for ever', async () => {
    const stream = aStream()
    await append(stream, NO_STREAM, anEvent())
    await client.tombstoneStream(stream)
    await expect(append(stream, ANY, anEvent())).rejects.toBeInstanceOf(StreamDeletedError)
    await expect(revisions(stream)).rejects.toBeInstanceOf(StreamDeletedError)
    await expect(client.deleteStream(stream)).rejects.toBeInstanceOf(StreamDeletedError)
  })
})

describe('sizes', () => {
  it('an append over the limit is refused and nothing of it is there, also when it comes in pieces', async () => {
    const stream = aStream()
    await expect(append(stream, NO_STREAM, anEvent(1_100_000))).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' })
    const pieces = client.appendToStream(stream, Array.from({ length: 20 }, () => anEvent(60_000)), { batchAppendSize: 100_000 })
    await expect(pieces).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' })
    await client.appendToStream(stream, Array.from({ length: 10 }, () => anEvent(60_000)), { batchAppendSize: 100_000 })
    expect(await revisions(stream)).toHaveLength(10)
  })
})

describe('reading', () => {
  it('both ways, from anywhere, with a count; unknown streams are not found', async () => {
    const stream = aStream()
    await append(stream, NO_STREAM, ...Array.from({ length: 5 }, () => anEvent()))
    expect(await revisions(stream, { fromRevision: 2n })).toEqual([2, 3, 4])
    expect(await revisions(stream, { fromRevision: START, maxCount: 2 })).toEqual([0, 1])
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 2 })).toEqual([4, 3])
    expect(await revisions(stream, { direction: BACKWARDS, fromRevision: 90n })).toEqual([4, 3, 2, 1, 0])
    expect(await revisions(stream, { fromRevision: 5n })).toEqual([])
    await expect(revisions(aStream())).rejects.toBeInstanceOf(StreamNotFoundError)
  })

  it('events carry type, content type and creation; a stream read tells no position, $all does', async () => {
    const [stream, event] = [aStream(), anEvent()]
    const { position } = await append(stream, NO_STREAM, event)
    for await (const { event: read, commitPosition } of client.readStream(stream)) {
      expect(read).toMatchObject({ id: event.id, type: 'Said', isJson: true, data: event.data, streamId: stream, revision: 0n })
      expect(read?.created.getTime()).toBeGreaterThan(1_600_000_000_000)
      expect([commitPosition, read?.position?.commit]).toEqual([undefined, 18_446_744_073_709_551_615n])
    }
    const all = []
    for await (const { event: read } of client.readAll({ fromPosition: position ?? START, maxCount: 1 })) all.push(read)
    expect(all).toMatchObject([{ id: event.id, position }])
    for await (const { event: read } of client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 })) expect(read?.id).toBe(event.id)
  })

  it('stream metadata is an event of its own stream, and $tb hides what is before it', async () => {
    const stream = aStream()
    await append(stream, NO_STREAM, anEvent(), anEvent(), anEvent())
    await client.setStreamMetadata(stream, { truncateBefore: 2 })
    expect(await revisions(stream)).toEqual([2])
    expect((await client.getStreamMetadata(stream)).metadata).toMatchObject({ truncateBefore: 2 })
  })
})

describe('subscriptions', () => {
  const open: { unsubscribe: () => Promise<void> }[] = []
  afterEach(async () => { await Promise.all(open.splice(0).map((subscription) => subscription.unsubscribe())) })

  const watch = (subscription: AllStreamSubscription, mine: (stream: string) => boolean) => {
    open.push(subscription)
    const log: string[] = []
    subscription.on('confirmation', () => log.push('confirmation')).on('caughtUp', () => log.push('caught up')).on('error', () => log.push('error'))
    subscription.on('data', ({ event }) => { if (event && mine(event.streamId)) log.push(String(event.revision)) })
    return log
  }

  it('to a stream, also to one that is not there yet: confirmation, events, caught up, events', async () => {
    const stream = aStream()
    const log: (number | string)[] = []
    const subscription = client.subscribeToStream(stream)
    open.push(subscription)
    subscription.on('confirmation', () => log.push('confirmation')).on('caughtUp', () => log.push('caught up'))
    subscription.on('data', ({ event }) => log.push(Number(event?.revision)))
    await until(() => log.length === 2)
    await append(stream, NO_STREAM, anEvent(), anEvent())
    await until(() => log.length === 4)
    expect(log).toEqual(['confirmation', 'caught up', 0, 1])
  })

  it('to $all with a prefix filter: only matching events, after the position, with checkpoints', async () => {
    const [stream, other] = [aStream(), `other-${randomUUID()}`]
    const { position } = await append(stream, NO_STREAM, anEvent())
    for (let count = 0; count < 6; count += 1) await client.appendToStream(other, Array.from({ length: 10 }, () => anEvent()))
    await append(stream, 0n, anEvent())
    const checkpoints: bigint[] = []
    const filter = streamNameFilter({
      prefixes: ['conversation-'], maxSearchWindow: 8, checkpointInterval: 1,
      checkpointReached: (_, at) => { checkpoints.push(at.commit) },
    })
    const log = watch(client.subscribeToAll({ fromPosition: position ?? START, filter }), (name) => name === stream || name === other)
    await until(() => log.includes('caught up'))
    expect(log).toEqual(['confirmation', '1', 'caught up'])
    expect(checkpoints.length).toBeGreaterThan(5)
    await append(stream, 1n, anEvent())
    await until(() => log.includes('2'))
  })
})

describe('on disk', () => {
  it('what was acknowledged is there after SIGKILL, a torn tail is not; recent ids are forgotten', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'stand-in-'))
    const first = await startStandInProcess({ directory })
    const mine = EventStoreDBClient.connectionString(first.url)
    const [stream, known] = [aStream(), anEvent()]
    await mine.appendToStream(stream, [known], { expectedRevision: NO_STREAM })
    await mine.appendToStream(stream, [anEvent(), anEvent()], { expectedRevision: 0n })
    await first.end('SIGKILL')
    const log = join(directory, 'events.log')
    const whole = await startStandInProcess({ directory, port: first.port })
    await until(async () => (await mine.appendToStream(stream, [anEvent()], { expectedRevision: 2n }).catch(() => undefined)) !== undefined)
    await whole.end('SIGKILL')
    await truncate(log, (await stat(log)).size - 1)
    const torn = await startStandInProcess({ directory, port: first.port })
    await until(async () => (await mine.appendToStream(stream, [known], { expectedRevision: NO_STREAM }).catch(() => undefined)) !== undefined)
    expect(await mine.appendToStream(stream, [known], { expectedRevision: ANY })).toMatchObject({ nextExpectedRevision: 3n })
    await mine.dispose()
    await torn.end('SIGTERM')
    await rm(directory, { recursive: true })
  })
})
