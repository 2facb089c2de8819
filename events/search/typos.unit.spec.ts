import { describe, expect, it } from 'vitest'
import { isMeant } from './typos.js'

describe('S11: what a misspelt word may stand for', () => {
  it.each([
    ['cat', 'cat', true], ['cat', 'car', false],
    ['meet', 'meat', true], ['meet', 'met', true], ['meet', 'meets', true], ['meet', 'mete', true], ['meet', 'beet', false], ['meet', 'moat', false],
    ['birthday', 'brithday', true], ['birthday', 'birtdya', true], ['birthday', 'brtday', true], ['birthday', 'bitdy', false],
    ['tokyo', 'tokio', true], ['größe', 'große', true],
  ])('%s for %s: %s', (asked, word, expected) => expect(isMeant(asked, word)).toBe(expected))
})
