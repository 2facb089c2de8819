import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { scriptedLog } from '../test/support/scripted-gateway/log.js'
import { readFrame } from './frames.js'
import { integrityOf } from './integrity.js'

const eventFrame = (text: string) => ({ type: 'event' as const, event: scriptedLog().append(uuidv7(), { type: 'MessageSent', data: {}, content: { text } }) })
const read = (frame: unknown) => readFrame(JSON.stringify(frame))
const eventOf = (made: unknown) => {
  const found = read(made)
  if (E.isLeft(found) || found.right.type !== 'event') throw new Error('not an event')
  return found.right.event
}

describe('reading frames', () => {
  it('reads what is documented', () => {
    const frame = eventFrame('x')
    expect(read(frame)).toEqual(E.right(frame))
  })

  it('fields of a later protocol are left in, at any depth', () => {
    const frame = eventFrame('x')
    expect(E.isRight(read({ ...frame, event: { ...frame.event, mood: 'good', metadata: { ...frame.event.metadata, place: 1 } } }))).toBe(true)
  })

  it('a type of a later protocol is told apart from nonsense', () => {
    expect(read({ type: 'applause' })).toEqual(E.left({ _tag: 'UnknownFrame', type: 'applause' }))
    for (const nonsense of ['', '{', 'null', '[]', '7', '{"type":7}', '{"type":"event"}', '{"type":"ack","request":"1"}', Buffer.from('{}'), undefined]) {
      expect(readFrame(nonsense)).toEqual(E.left({ _tag: 'NotAFrame' }))
    }
  })

  it('never throws', () => fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.anything()), (data) => { expect(E.isLeft(readFrame(data))).toBe(true) })))

  it('the same bytes are read and verified once; one byte more makes another event', () => {
    const frame = eventFrame('x')
    expect(eventOf(frame)).toBe(eventOf(frame))
    expect(integrityOf(eventOf(frame)).isGenuine).toBe(true)
    expect(integrityOf(eventOf({ ...frame, event: { ...frame.event, content: { text: 'xx' } } })).isGenuine).toBe(false)
  })

  it('remembers a bounded number', () => {
    const first = eventFrame('first')
    const before = eventOf(first)
    for (let index = 0; index < 300; index += 1) read(eventFrame(String(index)))
    expect(eventOf(first)).not.toBe(before)
  })
})
