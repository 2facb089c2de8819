import type { Admin, KafkaMessage } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import type { Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import type { FeedBatch } from '../../projections/ports.js'
import { openPartition, startsOf } from './assignment.js'
import { recordOf } from './record.js'

const settled = async () => { for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate) }

const eventAt = (position: number): RecordedEvent => ({
  stream: 'conversation-1' as StreamName, revision: BigInt(position), position: String(position) as Position, id: `e${position}`, type: 'MessageSent',
  version: 1, data: Buffer.from('{}'), metadata: Buffer.from('{}'), sealed: undefined,
})

/** As kafkajs gives it: positions are ten times offsets here. */
const recordAt = (offset: number, value?: string): KafkaMessage => {
  const { headers, ...sent } = recordOf(eventAt(10 * offset), 'start')
  const received = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(String(text))]))
  const body = value === undefined ? sent.value : Buffer.from(value)
  return { key: Buffer.from(sent.key ?? ''), value: body, headers: received, offset: String(offset), timestamp: '0', attributes: 0 }
}

const opened = (offset: number, head: number) => {
  const abort = new AbortController()
  const batches: FeedBatch[] = []
  const partition = openPartition({
    partition: 3, resumeAfter: '0' as Position, start: { offset, head }, maxEvents: 100, signal: abort.signal, onFailure: () => undefined,
    handle: async (batch) => void batches.push(batch), handled: () => undefined,
  })
  const seen = () => batches.flatMap(({ events }) => events.map(({ position }) => Number(position)))
  return { ...partition, batches, seen, end: () => abort.abort() }
}

describe('a partition that is open', () => {
  it('refuses a fetch that begins behind where it has read, and believes a hole that comes twice', async () => {
    const { take, seen, end } = opened(1, 9)
    expect(take([recordAt(1)])).toEqual({})
    expect(take([recordAt(5), recordAt(6)])).toEqual({ from: 2 })
    expect(take([recordAt(2), recordAt(3)])).toEqual({})
    expect(take([recordAt(7)])).toEqual({ from: 4 })
    expect(take([recordAt(7)])).toEqual({})
    await settled()
    expect(seen()).toEqual([10, 20, 30, 70])
    end()
  })

  it('hands on what lies before a record that nobody can read, and nothing after it', async () => {
    const { take, seen, end } = opened(1, 9)
    expect(take([recordAt(1), recordAt(2, '{}'), recordAt(3)])).toMatchObject({ malformed: { _tag: 'RecordMalformed', offset: '2' } })
    await settled()
    expect(seen()).toEqual([10])
    end()
  })

  it('has caught up with the record before what was the end', async () => {
    const { take, batches, end } = opened(1, 4)
    for (const offset of [1, 2, 3, 4]) {
      take([recordAt(offset)])
      await settled()
    }
    expect(batches.map(({ caughtUp }) => caughtUp)).toEqual([false, false, true, true])
    end()
  })
})

describe('where a partition is read from', () => {
  const starting = async (committed: { readonly offset: string; readonly metadata: string | null }, resumeAfter: Position | 'start') => {
    const admin: Pick<Admin, 'fetchTopicOffsets' | 'fetchOffsets'> = {
      fetchTopicOffsets: async () => [{ partition: 0, offset: '50', low: '2', high: '50' }],
      fetchOffsets: async () => [{ topic: 't', partitions: [{ partition: 0, ...committed }] }],
    }
    return (await startsOf(admin, 't', 'g', new Map([[0, resumeAfter]]))).get(0)
  }
  const at = (number: number) => String(number) as Position

  it('is the committed offset while what it covers lies within the checkpoint', async () => {
    expect(await starting({ offset: '40', metadata: '400' }, at(400))).toEqual({ offset: 40, head: 50 })
    expect(await starting({ offset: '40', metadata: '400' }, at(450))).toEqual({ offset: 40, head: 50 })
  })

  it('is the first record otherwise: a checkpoint that went back, no commit, one of somebody else, a topic made anew', async () => {
    expect(await starting({ offset: '40', metadata: '400' }, at(399))).toEqual({ offset: 2, head: 50 })
    expect(await starting({ offset: '40', metadata: '400' }, 'start')).toEqual({ offset: 2, head: 50 })
    expect(await starting({ offset: '-1', metadata: null }, at(400))).toEqual({ offset: 2, head: 50 })
    expect(await starting({ offset: '40', metadata: null }, at(400))).toEqual({ offset: 2, head: 50 })
    expect(await starting({ offset: '60', metadata: '100' }, at(400))).toEqual({ offset: 2, head: 50 })
  })
})
