import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { missingFields, unknownFields, wrongTypes } from '../../test/support/bad-input.js'
import { accountCommandSamples, commandSamples, conversationCommandSamples, type Sample } from '../../test/support/wire-samples.js'
import { limits } from '../limits.js'
import { AccountCommand, ConversationCommand, Counter } from './commands.js'

const unions = [
  { name: 'ConversationCommand', union: Compile(ConversationCommand), samples: conversationCommandSamples },
  { name: 'AccountCommand', union: Compile(AccountCommand), samples: accountCommandSamples },
]
const accepted = (check: (value: unknown) => boolean, wrong: ReadonlyArray<{ readonly what: string; readonly value: unknown }>) =>
  wrong.filter(({ value }) => check(value)).map(({ what }) => what)

describe.each(commandSamples.map((sample) => [sample.type, sample] as const))('%s', (_type, { schema, value }: Sample) => {
  const validator = Compile(schema)
  const check = (input: unknown) => validator.Check(input)

  it('is accepted as it should be', () => expect(check(value)).toBe(true))
  it('a field too many is refused, at any depth', () => expect(accepted(check, unknownFields(value))).toEqual([]))
  it('a value of another type is refused, at any depth', () => expect(accepted(check, wrongTypes(value))).toEqual([]))
  it('a missing field is refused', () =>
    expect(accepted(check, missingFields(value, (schema as { required?: ReadonlyArray<string> }).required ?? []))).toEqual([]))
  it('another type name is refused', () => expect(check({ ...value, type: 'Another' })).toBe(false))
})

describe.each(unions)('$name', ({ union, samples }) => {
  it('takes each of its commands', () => expect(samples.filter(({ value }) => !union.Check(value))).toEqual([]))

  it('takes none with a field or type that is wrong', () => {
    const wrong = samples.flatMap(({ type, value }) => [...unknownFields(value), ...wrongTypes(value)].map(({ what, value: made }) => ({ what: `${type} ${what}`, value: made })))
    expect(accepted((input) => union.Check(input), wrong)).toEqual([])
  })

  it.each([null, [], 'SendMessage', 7, {}, { type: '__proto__' }])('takes no %j', (value) => expect(union.Check(value)).toBe(false))
})

describe('sizes', () => {
  const check = (type: string, change: (value: Readonly<Record<string, unknown>>) => object) => {
    const sample = commandSamples.find((each) => each.type === type)
    return sample !== undefined && Compile(sample.schema).Check(change(sample.value))
  }
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `01990a1b-2c3d-7001-8025-${index.toString(16).padStart(12, '0')}`)

  it.each([
    ['the longest text', 'SendMessage', { content: { text: 'x'.repeat(limits.contentBytes) } }, true],
    ['a longer text', 'SendMessage', { content: { text: 'x'.repeat(limits.contentBytes + 1) } }, false],
    ['an empty text', 'SendMessage', { content: { text: '' } }, false],
    ['both contents at once', 'SendMessage', { content: { text: 'x', ciphertext: 'eA' } }, false],
    ['the longest ciphertext', 'SendMessage', { content: { ciphertext: 'x'.repeat(Math.ceil((limits.contentBytes * 4) / 3)) } }, true],
    ['a longer ciphertext', 'SendMessage', { content: { ciphertext: 'x'.repeat(Math.ceil((limits.contentBytes * 4) / 3) + 1) } }, false],
    ['padded base64', 'SendMessage', { content: { ciphertext: 'eA==' } }, false],
    ['standard base64', 'SendMessage', { content: { ciphertext: 'a+/b' } }, false],
    ['an id of another alphabet', 'SendMessage', { messageId: '01990A1B-2C3D-7001-8025-5EED00000001' }, false],
    ['a negative sequence', 'DeleteMessage', { target: -1 }, false],
    ['a sequence that is no integer', 'DeleteMessage', { target: 1.5 }, false],
    ['as many members as fit', 'AddMembers', { members: ids(limits.membersPerCommand) }, true],
    ['more members', 'AddMembers', { members: ids(limits.membersPerCommand + 1) }, false],
    ['no members', 'AddMembers', { members: [] }, false],
    ['a member twice', 'AddMembers', { members: [...ids(1), ...ids(1)] }, false],
    ['a handle with a space', 'ChangeProfile', { profile: { handle: 'han na', name: 'Hanna' } }, false],
    ['a handle with a letter that looks alike', 'ChangeProfile', { profile: { handle: 'hаnna', name: 'Hanna' } }, false],
    ['a key of another length', 'RegisterDevice', { boxKey: 'eA' }, false],
  ])('%s', (_what, type, change, fits) => expect(check(type, (value) => ({ ...value, ...change }))).toBe(fits))

  it.each([0, -1, 1.5, '1', null])('no counter is %j', (counter) => expect(Compile(Counter).Check(counter)).toBe(false))
})
