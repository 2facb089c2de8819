import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Position, RecordedEvent, StreamName } from '../../events/event-store.js'
import { readRecord, recordOf, tickOf } from './record.js'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const wellFormed = fc.string({ unit: 'grapheme' })
const json = fc.tuple(fc.jsonValue(), fc.nat(2)).map(([value, indent]) => bytes(JSON.stringify(value, null, indent)))

const recorded: fc.Arbitrary<RecordedEvent> = fc.record({
  stream: wellFormed.map((name) => name as StreamName),
  revision: fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) }),
  position: wellFormed.map((name) => name as Position),
  id: wellFormed,
  type: wellFormed,
  version: fc.nat(),
  data: json,
  metadata: json,
  sealed: fc.option(fc.uint8Array(), { nil: undefined }),
})

const received = (sent: ReturnType<typeof recordOf>) => ({
  offset: '7',
  value: sent.value,
  headers: Object.fromEntries(Object.entries(sent.headers).map(([name, value]) => [name, Buffer.from(String(value))])),
})

const plain = (event: RecordedEvent) => ({
  ...event, data: [...event.data], metadata: [...event.metadata], sealed: event.sealed && [...event.sealed],
})

const example: RecordedEvent = {
  stream: 'conversation-1' as StreamName, revision: 4n, position: '00000000000000000009' as Position, id: 'e1', type: 'MessageSent', version: 1,
  data: bytes('{"digest":"d"}'), metadata: bytes('{"previous":null}'), sealed: bytes('sealed'),
}

describe('a record', () => {
  it('gives back the event, data and metadata byte for byte', () => {
    fc.assert(
      fc.property(recorded, (event) => {
        const read = readRecord(received(recordOf(event, 'start')))
        expect(E.isRight(read) && read.right.event && plain(read.right.event)).toEqual(plain(event))
      }),
    )
  })

  it('is one JSON object that any language reads', () => {
    const { key, value, headers } = recordOf(example, '00000000000000000003' as Position)
    expect(key).toBe('conversation-1')
    expect(value?.toString()).toBe(
      '{"data":{"digest":"d"},"id":"e1","metadata":{"previous":null},"position":"00000000000000000009","revision":4,' +
        '"sealed":"c2VhbGVk","stream":"conversation-1","type":"MessageSent","version":1}',
    )
    expect(headers).toEqual({
      position: '00000000000000000009', watermark: '00000000000000000003', 'data-bytes': '14', 'metadata-bytes': '17',
    })
  })

  it('may be a tick, which says the watermark alone', () => {
    expect(readRecord(received(tickOf('0000000000000000000a' as Position)))).toEqual(E.right({ event: undefined, watermark: '0000000000000000000a' }))
  })

  it('of somebody else is refused with its offset', () => {
    const foreign = (value: string | null) => readRecord({ offset: '7', headers: {}, value: value === null ? null : Buffer.from(value) })
    for (const value of [null, '', '{}', 'null', '[1]', recordOf(example, 'start').value?.toString() ?? '']) {
      expect(foreign(value)).toMatchObject(E.left({ _tag: 'RecordMalformed', offset: '7' }))
    }
  })

  it('A4: is described member by member and header by header in docs/kafka.md', () => {
    const page = readFileSync(new URL('../../docs/kafka.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, names = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
    const { value, headers } = recordOf(example, '00000000000000000003' as Position)
    const written = [...Object.keys(JSON.parse(value?.toString() ?? '')), ...Object.keys(headers)]
    expect(rows.toSorted()).toEqual(written.toSorted())
  })
})
