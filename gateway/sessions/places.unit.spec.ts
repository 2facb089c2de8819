import { describe, expect, it } from 'vitest'
import type { Position, RecordedEvent } from '../../events/event-store.js'
import { conversationStream } from '../../events/streams.js'
import { trackPlaces, type Place } from './places.js'

const at = (n: number): Position => String(n).padStart(4, '0') as Position
const none = new Uint8Array()
const event = (n: number): RecordedEvent => ({
  stream: conversationStream('c'), revision: BigInt(n), position: at(n), id: 'i', type: 'MessageSent', version: 1, data: none, metadata: none, sealed: undefined,
})
const batch = (partition: number, after: Place, through: Position, ...events: ReadonlyArray<number>) => ({ partition, after, through, events: events.map(event) })

describe('the places of a gateway', () => {
  it('X17: a batch continues its partition, repeats it in part or whole, or shows that one was lost', () => {
    const places = trackPlaces(2, at(10))
    expect(places.hear(batch(0, at(10), at(12), 11, 12))).toEqual({ fresh: [event(11), event(12)], broken: false })
    expect(places.hear(batch(0, at(10), at(12), 11, 12))).toEqual({ fresh: [], broken: false })
    expect(places.hear(batch(0, at(5), at(13), 6, 12, 13))).toEqual({ fresh: [event(13)], broken: false })
    expect(places.hear(batch(0, at(14), at(15), 15))).toEqual({ fresh: [event(15)], broken: true })
    expect(places.hear(batch(0, at(15), at(16)))).toEqual({ fresh: [], broken: false })
    expect(places.hear(batch(1, 'start', at(11), 9, 11))).toEqual({ fresh: [event(11)], broken: false })
  })

  it('Q5: the watermark is that of the slowest partition, also of one never heard, and waits until handled', () => {
    const places = trackPlaces(2, at(10))
    places.hear(batch(0, at(10), at(20)))
    expect(places.lowWatermark()).toBe(at(10))
    places.handled()
    expect(places.lowWatermark()).toBe(at(10))
    places.hear(batch(1, at(10), at(15)))
    expect(places.lowWatermark()).toBe(at(10))
    places.handled()
    expect(places.lowWatermark()).toBe(at(15))
  })

  it('passes silent partitions when told that nothing is there', () => {
    const places = trackPlaces(3, 'start')
    places.hear(batch(0, 'start', at(30)))
    places.passTo(at(20))
    places.handled()
    expect(places.lowWatermark()).toBe(at(20))
  })
})
