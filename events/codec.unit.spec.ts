import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unknownFields, wrongTypes } from '../test/support/bad-input.js'
import { decode, encode } from './codec.js'
import type { NewEvent, Position, RecordedEvent } from './event-store.js'
import type { AnyEvent } from './registry.js'
import type { Metadata } from './schemas/common.js'
import { conversationStream } from './streams.js'

const id = '01990a1b-2c3d-7001-8025-5eed00000001'
const other = '01990a1b-2c3d-7002-804a-5eed00000002'
const metadata: Metadata = { recordedAt: 1_764_042_000_000, actor: id, device: other, command: { counter: 3 }, correlation: id, previous: 'x'.repeat(43) }
const sent: AnyEvent = { type: 'MessageSent', data: { messageId: id, unit: id, digest: 'y'.repeat(43), replyTo: 0 } }
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')

const encoded = (event: AnyEvent = sent): NewEvent => {
  const made = encode(id, event, metadata, undefined)
  if (E.isLeft(made)) throw new Error(made.left._tag)
  return made.right
}
const stored = (change: Partial<NewEvent> = {}): RecordedEvent => ({
  ...encoded(),
  ...change,
  stream: conversationStream(id),
  revision: 5n,
  position: '000000000042' as Position,
})

describe('encoding', () => {
  it('writes canonical bytes in the current version', () => {
    const made = encoded({ type: 'MemberAdded', data: { userId: id, role: 'admin' } })
    expect(Buffer.from(made.data).toString()).toBe(`{"role":"admin","userId":"${id}"}`)
    expect([made.id, made.type, made.version, made.sealed]).toEqual([id, 'MemberAdded', 1, undefined])
  })

  it('the order of fields does not matter', () => {
    const reversed = Object.fromEntries(Object.entries(sent.data).reverse())
    expect(encoded({ ...sent, data: reversed } as unknown as AnyEvent)).toEqual(encoded())
  })

  it('refuses a type that is not registered', () =>
    expect(encode(id, { type: 'Another', data: {} } as unknown as AnyEvent, metadata, undefined)).toMatchObject({ left: { _tag: 'NotInSchema', type: 'Another' } }))

  it('refuses data that are not as the schema says, and says where', () => {
    for (const { value } of [...unknownFields(sent.data), ...wrongTypes(sent.data)]) {
      expect(encode(id, { ...sent, data: value } as unknown as AnyEvent, metadata, undefined)).toMatchObject({ left: { _tag: 'NotInSchema', type: 'MessageSent' } })
    }
    const refused = encode(id, { ...sent, data: { ...sent.data, replyTo: -1 } } as unknown as AnyEvent, metadata, undefined)
    expect(E.isLeft(refused) && refused.left._tag === 'NotInSchema' && refused.left.reason).toContain('replyTo')
  })
})

describe('decoding', () => {
  it('gives back what was encoded, with its place', () =>
    expect(decode(stored())).toEqual(
      E.right({ ...sent, stream: conversationStream(id), revision: 5, position: '000000000042', id, metadata, sealed: undefined }),
    ))

  it('reads bytes that lie within a larger buffer', () => {
    const data = Buffer.concat([bytes('xx'), encoded().data, bytes('yy')]).subarray(2, -2)
    expect(E.isRight(decode(stored({ data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) })))).toBe(true)
  })

  it.each([
    ['another type', { type: 'Another' }, { _tag: 'UnknownEventType', type: 'Another' }],
    ['a version from the future', { version: 2 }, { _tag: 'UnknownVersion', version: 2 }],
    ['a version before the first', { version: 0 }, { _tag: 'UnknownVersion', version: 0 }],
    ['no JSON', { data: bytes('{') }, { _tag: 'Malformed', type: 'MessageSent' }],
    ['no bytes', { data: bytes('') }, { _tag: 'Malformed' }],
    ['null', { data: bytes('null') }, { _tag: 'Malformed' }],
    ['an array', { data: bytes('[]') }, { _tag: 'Malformed' }],
    ['a field too many', { data: bytes(JSON.stringify({ ...sent.data, more: 1 })) }, { _tag: 'Malformed' }],
    ['metadata that are none', { metadata: bytes('{}') }, { _tag: 'Malformed', reason: 'metadata' }],
    ['metadata that are no JSON', { metadata: bytes('nil') }, { _tag: 'Malformed' }],
  ])('%s is an error, never a throw', (_what, change, error) => expect(decode(stored(change))).toMatchObject({ _tag: 'Left', left: error }))

  it('never throws, whatever bytes were stored', () =>
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 }), fc.string(), fc.integer(), (data, meta, type, version) => {
      expect(E.isLeft(decode(stored({ data, metadata: meta, type, version })))).toBe(true)
      expect(E.isLeft(decode(stored({ data })))).toBe(true)
    })))
})
