import fc from 'fast-check'
import { uuidv7 } from 'uuidv7'
import { describe, expect, it } from 'vitest'
import { accountIdOf, derivedId, directConversationId, isId } from './ids.js'

const one = '01990a1b-2c3d-7001-8025-5eed00000001'
const other = '01990a1b-2c3d-7002-804a-5eed00000002'

describe('ids', () => {
  it('made and derived ones are ids', () =>
    fc.assert(fc.property(fc.string(), fc.array(fc.string()), (label, parts) => { expect([isId(uuidv7()), isId(derivedId(label, ...parts))]).toEqual([true, true]) })))

  it.each([
    ['', 'nothing'],
    [one.toUpperCase(), 'upper case'],
    [one.replace('-7001', '-4001'), 'a random UUID'],
    [one.replace('-7001', '-1001'), 'a UUID of a clock and a machine'],
    [one.replace('-8025', '-c025'), 'another variant'],
    [`${one}\n`, 'a line end'],
    [` ${one}`, 'a space'],
    [one.replaceAll('-', ''), 'no hyphens'],
    [`{${one}}`, 'braces'],
    ['../../../../etc/passwd-and-more-characters', 'a path'],
    ['$all', 'a system stream'],
    [`${one}-${other}`, 'two'],
    [one.replace('5eed', '5eeｄ'), 'a letter that looks alike'],
  ])('%j is none: %s', (text) => expect(isId(text)).toBe(false))
})

describe('derived ids', () => {
  // Computed once by another implementation; they name conversations and accounts for ever.
  it('are what they always were', () =>
    expect([derivedId('direct', one, other), accountIdOf('https://issuer.example', 'hanna')]).toEqual(['7355033a-a2e9-8e1a-9a10-2519730dd597', '71a5c0cb-6bd4-8789-bc77-5ad7f3cf7f83']))

  it('two people have one direct conversation, whoever opens it', () => expect(directConversationId(one, other)).toBe(directConversationId(other, one)))

  it('parts and labels do not run into one another', () => {
    const ids = [derivedId('a', 'b', 'c'), derivedId('a', 'bc'), derivedId('ab', 'c'), derivedId('a', 'b,c'), derivedId('a', '"b","c"'), derivedId('a')]
    expect(new Set(ids).size).toBe(ids.length)
  })
})
