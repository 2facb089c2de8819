import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { CommittedBatch } from '../../events/committed.js'
import type { Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import { decodeBatch, encodeBatch } from './batch-codec.js'

const position = fc.nat().map((number) => String(number).padStart(20, '0') as Position)
const text = fc.string({ unit: 'grapheme' })
const json = fc.jsonValue().map((value) => new TextEncoder().encode(JSON.stringify(value)))

const event: fc.Arbitrary<RecordedEvent> = fc.record({
  stream: text.map((name) => name as StreamName),
  revision: fc.bigInt({ min: 0n, max: 2n ** 63n }),
  position,
  id: text,
  type: text,
  version: fc.nat(),
  data: json,
  metadata: json,
  sealed: fc.option(fc.uint8Array(), { nil: undefined }),
})

const batch: fc.Arbitrary<CommittedBatch> = fc.record({
  partition: fc.nat(1_000),
  after: fc.oneof(position, fc.constant('start' as const)),
  through: position,
  events: fc.array(event),
})

const plain = (one: RecordedEvent) => ({ ...one, data: [...one.data], metadata: [...one.metadata], sealed: one.sealed && [...one.sealed] })

const decoded = (messages: ReadonlyArray<string>): ReadonlyArray<CommittedBatch> =>
  messages.flatMap((message) => {
    const read = decodeBatch(message)
    return E.isRight(read) ? [read.right] : []
  })

describe('a committed batch as messages', () => {
  it('comes back with every byte, whole or as a chain that begins and ends where it did', () => {
    fc.assert(
      fc.property(batch, fc.integer({ min: 1, max: 2_000 }), (whole, maxCharacters) => {
        const messages = encodeBatch(whole, maxCharacters)
        const parts = decoded(messages)
        expect(parts).toHaveLength(messages.length)
        expect(parts.flatMap(({ events }) => events.map(plain))).toEqual(whole.events.map(plain))
        expect(parts.every(({ partition }) => partition === whole.partition)).toBe(true)
        expect([parts[0]?.after, parts.at(-1)?.through]).toEqual([whole.after, whole.through])
        parts.slice(1).forEach(({ after }, index) => expect(after).toBe(parts[index]?.through))
      }),
    )
  })

  it('is split before it is too large, never within an event', () => {
    const large = (at: number): RecordedEvent => ({
      stream: 'conversation-1' as StreamName, revision: BigInt(at), position: String(at) as Position, id: 'e', type: 'MessageSent', version: 1,
      data: Buffer.from('{}'), metadata: Buffer.from('{}'), sealed: new Uint8Array(600),
    })
    const messages = encodeBatch({ partition: 0, after: 'start', through: '7' as Position, events: [1, 2, 3, 4, 5].map(large) }, 2_000)
    expect(decoded(messages).map(({ after, through, events }) => [after, through, events.length])).toEqual([['start', '2', 2], ['2', '4', 2], ['4', '7', 1]])
  })

  it('of another layout is refused', () => {
    for (const message of ['', 'null', '{}', '[]', '[2,0,"start","1",[]]', '[1,0,"start",1,[]]', '[1,0,"start","1",[[]]]', '[1,0,"start","1",[["s","x","p","i","t",1,"{}","{}",null]]]']) {
      expect(decodeBatch(message)).toMatchObject({ _tag: 'Left', left: { _tag: 'BatchMalformed' } })
    }
  })
})
