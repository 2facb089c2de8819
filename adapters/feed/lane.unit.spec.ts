import { describe, expect, it } from 'vitest'
import type { Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import { startLane, type LaneBatch } from './lane.js'
import type { Place } from './places.js'

const eventAt = (position: number, bytes = 2): RecordedEvent => ({
  stream: 'conversation-1' as StreamName, revision: BigInt(position), position: String(position) as Position, id: `e${position}`, type: 'MessageSent',
  version: 1, data: new Uint8Array(bytes), metadata: new Uint8Array(0), sealed: undefined,
})

const settled = async () => { for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate) }

/** A lane whose handling waits until it is let go, batch by batch. */
const heldLane = (after: Place = 'start', maxEvents = 100) => {
  const abort = new AbortController()
  const batches: LaneBatch[] = []
  const handled: [number, Place][] = []
  let release: (error?: Error) => void = () => undefined
  const handle = (batch: LaneBatch) =>
    new Promise<void>((resolve, reject) => {
      batches.push(batch)
      release = (error) => (error === undefined ? resolve() : reject(error))
    })
  const lane = startLane<number>({
    after, maxEvents, handle, handled: (mark, through) => handled.push([mark, through]), onFailure: () => undefined, signal: abort.signal,
  })
  const add = (position: number, changes: { readonly empty?: boolean; readonly caughtUp?: boolean; readonly bytes?: number } = {}) =>
    lane.add({
      event: changes.empty === true ? undefined : eventAt(position, changes.bytes), through: String(position) as Position,
      caughtUp: changes.caughtUp === true, mark: position,
    })
  const next = async (error?: Error) => {
    release(error)
    await settled()
  }
  const positions = () => batches.map(({ events }) => events.map(({ position }) => Number(position)))
  return { lane, add, next, batches, positions, handled, abort }
}

describe('a lane', () => {
  it('makes one batch of what came while the one before was handled', async () => {
    const { add, next, positions } = heldLane()
    add(1)
    await settled()
    for (const position of [2, 3, 4]) add(position)
    await settled()
    expect(positions()).toEqual([[1]])
    await next()
    expect(positions()).toEqual([[1], [2, 3, 4]])
  })

  it('leaves out what was added before, and what lies at or before its beginning', async () => {
    const { add, next, positions, handled } = heldLane('2' as Position)
    for (const position of [1, 2, 3, 2, 3, 4, 1]) add(position)
    await settled()
    await next()
    expect(positions()).toEqual([[3, 4]])
    expect(handled).toEqual([[1, '4']])
  })

  it('notes what needed no handling as handled', async () => {
    const { add, batches, handled } = heldLane('5' as Position)
    add(4)
    await settled()
    expect([batches, handled]).toEqual([[], [[4, '5']]])
  })

  it('tells of progress without events, of several steps the last', async () => {
    const { add, next, batches } = heldLane()
    add(1)
    await settled()
    for (const position of [5, 6, 7]) add(position, { empty: true })
    await next()
    expect(batches).toMatchObject([{ through: '1' }, { events: [], through: '7', caughtUp: false }])
  })

  it('tells once that it has caught up, also where there is no progress', async () => {
    const { add, next, batches } = heldLane('3' as Position)
    add(3, { empty: true, caughtUp: true })
    await settled()
    await next()
    add(3, { empty: true, caughtUp: true })
    await settled()
    expect(batches).toEqual([{ events: [], through: '3', caughtUp: true }])
  })

  it('keeps batches to a number of events and of bytes; one event may be larger', async () => {
    const { add, next, positions } = heldLane('start', 2)
    add(1)
    await settled()
    for (const position of [2, 3, 4]) add(position)
    add(5, { bytes: 300 * 1024 })
    add(6, { bytes: 300 * 1024 })
    add(7, { bytes: 900 * 1024 })
    for (let batch = 0; batch < 6; batch += 1) await next()
    expect(positions()).toEqual([[1], [2, 3], [4, 5], [6], [7]])
  })

  it('gives a rejected batch again as it was, before anything else', async () => {
    const { add, next, positions, handled } = heldLane()
    add(1)
    await settled()
    add(2)
    await next(new Error('away'))
    while (positions().length < 2) await settled()
    await next()
    expect(positions()).toEqual([[1], [1], [2]])
    expect(handled).toEqual([[1, '1']])
  })

  it('is full of bytes or events until a batch is taken, and lets go of who waits when it ends', async () => {
    const { lane, add, next, abort } = heldLane('start', 10)
    add(1)
    await settled()
    for (let position = 2; position < 6; position += 1) add(position, { bytes: 600 * 1024 })
    expect(lane.isFull()).toBe(true)
    let hasRoom = false
    void lane.room().then(() => { hasRoom = true })
    await settled()
    expect(hasRoom).toBe(false)
    await next()
    expect([hasRoom, lane.isFull()]).toEqual([true, false])
    for (let position = 6; position < 10; position += 1) add(position, { bytes: 600 * 1024 })
    const waiting = lane.room()
    abort.abort()
    await waiting
    await next()
    await lane.ended
  })
})
