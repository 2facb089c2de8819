import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { derivedId } from '../../events/ids.js'
import { parseQuestion, QUESTION_CHARACTERS, type Question } from './question.js'

const [ada, ben] = [derivedId('spec', 'ada'), derivedId('spec', 'ben')]
const nothing: Question = { clauses: [], senders: undefined, conversations: undefined, from: undefined, to: undefined }
const word = (asked: string) => ({ _tag: 'Word', word: asked }) as const
const phrase = (...asked: ReadonlyArray<string>) => ({ _tag: 'Phrase', words: asked }) as const
const prefix = (asked: string) => ({ _tag: 'Prefix', prefix: asked }) as const

describe('S2: the text of a question', () => {
  it.each<[string, Partial<Question>]>([
    ['hello', { clauses: [word('hello')] }],
    ['  Hello\n WORLD\t', { clauses: [word('hello'), word('world')] }],
    ['"du Monde"', { clauses: [phrase('du', 'monde')] }],
    ['"one"', { clauses: [word('one')] }],
    ['a"b c"d', { clauses: [word('a'), phrase('b', 'c'), word('d')] }],
    ['"" x', { clauses: [word('x')] }],
    ['caf*', { clauses: [prefix('caf')] }],
    ['foo-ba*', { clauses: [word('foo'), prefix('ba')] }],
    ['foo-bar', { clauses: [phrase('foo', 'bar')] }],
    ['東京', { clauses: [phrase('東', '京')] }],
    ['"keep * out"', { clauses: [phrase('keep', 'out')] }],
    ['a & b | !c :) <->', { clauses: [word('a'), word('b'), word('c')] }],
    ['http://example.org', { clauses: [phrase('http', 'example', 'org')] }],
    ['unknown_field:x', { clauses: [phrase('unknown', 'field', 'x')] }],
    ['Sender_id:x', { clauses: [phrase('sender', 'id', 'x')] }],
    [`sender_id:${ada}`, { senders: [ada] }],
    [`sender_id:${ada} x sender_id:${ben}`, { senders: [ada, ben], clauses: [word('x')] }],
    [`conversation_id:${ada}`, { conversations: [ada] }],
    ['created_at:[2026-05-01 TO 2026-05-02]', { from: Date.UTC(2026, 4, 1), to: Date.UTC(2026, 4, 3) - 1 }],
    ['created_at:[ 2026-05-01T10:00Z   TO 2026-05-01T10:00:30.5+02:00 ]'.replace('10:00Z', '08:00Z'), { from: Date.UTC(2026, 4, 1, 8), to: Date.UTC(2026, 4, 1, 8, 0, 30, 500) }],
    ['created_at:[* TO 2026-05-02]', { to: Date.UTC(2026, 4, 3) - 1 }],
    ['created_at:[2024-02-29 TO *]', { from: Date.UTC(2024, 1, 29) }],
    ['created_at:[* TO *]', {}],
    ['created_at:[2026-05-01 TO *] created_at:[2026-05-03 TO 2026-05-09] created_at:[* TO 2026-05-04]', { from: Date.UTC(2026, 4, 3), to: Date.UTC(2026, 4, 5) - 1 }],
  ])('%s', (text, expected) => expect(parseQuestion(text)).toEqual(E.right({ ...nothing, ...expected })))

  it.each<[string, number, string]>([
    ['', 0, 'no word'],
    ['!!! ???', 0, 'no word'],
    ['*', 0, '* needs'],
    ['ok  *', 4, '* needs'],
    ['x -*', 2, '* needs'],
    ['ab "cd', 3, 'quotation mark'],
    ['a "b" "', 6, 'quotation mark'],
    ['sender_id:', 10, 'not an id'],
    ['hi sender_id:anna', 13, 'not an id'],
    [`conversation_id:${ada.toUpperCase()}`, 16, 'not an id'],
    ['created_at:2026-05-01', 11, 'not a range'],
    ['created_at:[2026-05-01]', 11, 'not a range'],
    ['created_at:[2026-05-01 TO 2026-05-02', 11, 'bracket'],
    ['created_at:[2026-13-01 TO *]', 12, 'not a date'],
    ['created_at:[* TO 2026-02-30]', 17, 'not a date'],
    ['created_at:[2026-02-30T10:00Z TO *]', 12, 'not a date'],
    ['created_at:[2026-05-01T10:00 TO *]', 12, 'not a date'],
    ['created_at:[yesterday TO *]', 12, 'not a date'],
    ['created_at:[2026-05-02 TO 2026-05-01]', 11, 'ends before'],
    ['x'.repeat(QUESTION_CHARACTERS + 1), QUESTION_CHARACTERS, 'longer'],
    ['x'.repeat(64 * 1024), QUESTION_CHARACTERS, 'longer'],
    ['x '.repeat(33), 0, 'more than'],
  ])('%.40s is no question, at %i: %s', (text, at, message) =>
    expect(parseQuestion(text)).toEqual(E.left({ at, message: expect.stringContaining(message) as unknown })))

  it('never throws, and a fault lies within the text', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '*', '[', ']', ' TO ', 'created_at:', 'sender_id:', 'conversation_id:', ' ', ada, '2026-05-01'))
    fc.assert(fc.property(fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')), (text) => {
      const read = parseQuestion(text)
      if (E.isLeft(read)) expect(read.left.at).toBeLessThanOrEqual(text.length)
    }), { numRuns: 2_000 })
  })
})
