import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { parseFrame } from './parse.js'

const id = '0192d3c0-1111-7aaa-8bbb-000000000001'
const refusal = (text: string) => {
  const parsed = parseFrame(text)
  return E.isLeft(parsed) ? parsed.left : undefined
}

describe('frames from strangers', () => {
  it('a frame as the schema says is taken as it is', () => {
    const frame = { type: 'read', request: 1, conversation: id, through: 3 }
    expect(parseFrame(JSON.stringify(frame))).toEqual(E.right(frame))
  })

  it('no JSON, no object, no known type, too deep, prototype names: not a frame', () => {
    const deep = (levels: number) => `{"type":"ping","x":${'['.repeat(levels)}${']'.repeat(levels)}}`
    for (const text of ['', '{', 'null', '[]', '1', '"ping"', '{}', '{"type":1}', '{"type":"toString"}', '{"type":"__proto__"}', '{"type":"welcome"}', deep(16),
      '{"type":"ping","__proto__":{"x":1}}', '{"type":"ping","a":{"constructor":1}}', '{"type":"ping","prototype":1}', `${'['.repeat(30_000)}`]) {
      expect([text.slice(0, 40), refusal(text)?._tag]).toEqual([text.slice(0, 40), 'NotAFrame'])
    }
    expect(refusal(deep(15))?._tag).toBe('BadFields')
  })

  it('over 64 KiB, also when only its bytes are', () => {
    const padded = (length: number, letter: string) => `{"type":"ping","x":"${letter.repeat(length)}"}`
    expect(refusal(padded(65_536, 'x'))?._tag).toBe('TooLarge')
    expect(refusal(padded(40_000, 'ž'))?._tag).toBe('TooLarge')
    expect(refusal(padded(65_000, 'x'))?._tag).toBe('BadFields')
  })

  it('wrong and unknown fields are named, with the request where it can be read', () => {
    expect(refusal('{"type":"ping","more":1}')).toMatchObject({ _tag: 'BadFields', request: undefined })
    const told = refusal(JSON.stringify({ type: 'command', request: 4, conversation: 'x', counter: 0, command: { type: 'SendMessage' } }))
    expect(told).toMatchObject({ _tag: 'BadFields', request: 4, problem: { type: 'urn:tidings:problem:malformed' } })
    for (const request of [-1, 1.5, '4', 2 ** 60, null]) {
      expect(refusal(JSON.stringify({ type: 'read', request, conversation: id, through: 0 }))).toMatchObject({ _tag: 'BadFields', request: undefined })
    }
    const errors = told?._tag === 'BadFields' ? told.problem.errors : []
    expect(errors?.map(({ path }) => path)).toEqual(expect.arrayContaining(['/conversation', '/counter']))
  })
})
