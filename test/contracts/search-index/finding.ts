import { beforeAll, describe, expect, it } from 'vitest'
import type { SearchDocument, SearchIndex, SearchQuery } from '../../../events/search/index-port.js'
import { aDocument, blind, DAY_MS, filled, firstOfMay, personNamed, phrase, prefix, put, question, right, sequencesOf, text, tokenOf, word } from './documents.js'

const of = 'finding'
const [ada, ben] = [personNamed('ada'), personNamed('ben')]

const documents: ReadonlyArray<SearchDocument> = [
  aDocument(of, 1, text('Meet me at the Café du Monde')),
  aDocument(of, 2, text('the café is closed, the monde too'), { sender: ben }),
  aDocument(of, 3, text('Birthday party: bring cake, cake and CAKE!')),
  aDocument(of, 4, text("don't meat me & | ! <-> 'quoted' \\ (x) :*")),
  aDocument(of, 5, text('東京タワーで会う'), { sender: ben }),
  aDocument(of, 6, text('caféteria of the du du monde')),
  aDocument(of, 7, blind('alpha', 'beta')),
  aDocument(of, 8, blind('beta', 'gamma'), { sender: ben }),
  aDocument(of, 9, text('👍 🎂')),
]

const found = (title: string, more: Partial<SearchQuery>, expected: ReadonlyArray<number>, subject: () => SearchIndex): void =>
  it(title, async () => {
    const answer = await right(subject().search(question([of], more)))
    expect(sequencesOf(answer).toSorted((one, other) => one - other)).toEqual(expected)
    expect(answer).toMatchObject({ total: expected.length, more: false })
  })

/** Which messages answer which question. */
export const finding = (subject: () => SearchIndex): void => {
  describe('S1, S11: finds words, phrases, prefixes, misspelt words and tokens', () => {
    beforeAll(() => filled(subject(), documents.map((document) => put(document))))
    const all = documents.map(({ sequence }) => sequence)

    found('one word', { clauses: [word('cafe')] }, [1, 2], subject)
    found('all words, in any order', { clauses: [word('monde'), word('the')] }, [1, 2, 6], subject)
    found('a phrase, in its order and without gaps', { clauses: [phrase('du monde')] }, [1, 6], subject)
    found('a phrase whose first word comes twice', { clauses: [phrase('du du monde')] }, [6], subject)
    found('a phrase is of whole words', { clauses: [phrase('afe du')] }, [], subject)
    found('a phrase of signs without spaces', { clauses: [phrase('京タ')] }, [5], subject)
    found('a prefix', { clauses: [prefix('caf')] }, [1, 2, 6], subject)
    found('a prefix that is a whole word', { clauses: [prefix('cafeteria')] }, [6], subject)
    found('an emoji', { clauses: [word('🎂')] }, [9], subject)
    found('a misspelt word', { clauses: [word('brithdya')], typos: true }, [3], subject)
    found('a word that may be misspelt', { clauses: [word('meet')], typos: true }, [1, 4], subject)
    found('no misspelt word unless asked', { clauses: [word('meet')] }, [1], subject)
    found('no misspelt phrase', { clauses: [phrase('meat me')], typos: true }, [4], subject)
    found('a tolerated word beside a phrase', { clauses: [word('brinh'), phrase('cake and cake')], typos: true }, [3], subject)
    found('all tokens', { tokens: { match: 'all', tokens: ['alpha', 'beta'].map(tokenOf) } }, [7], subject)
    found('any token', { tokens: { match: 'any', tokens: ['alpha', 'gamma'].map(tokenOf) } }, [7, 8], subject)
    found('no token', { tokens: { match: 'any', tokens: [] } }, [], subject)
    found('words or tokens, each in their conversations', { clauses: [word('cake')], tokens: { match: 'any', tokens: [tokenOf('gamma')] } }, [3, 8], subject)
    found('a token is no word', { clauses: [word(tokenOf('alpha'))] }, [], subject)
    found('everything, when nothing is asked', {}, all, subject)
    found('operators are no words and harm nobody', { clauses: ["'", '&', '\\', ":*", 'a b', '%', '"', '*', '?', '(', "x' | 'cafe"].map(word) }, [], subject)
    found('operators in phrases and prefixes', { clauses: [prefix("'c"), prefix('*'), { _tag: 'Phrase', words: ["'", '|', '\\'] }] }, [], subject)
  })

  describe('S2: filters', () => {
    found('by sender', { senders: [ben] }, [2, 5, 8], subject)
    found('by sender and word', { senders: [ada], clauses: [word('cafe')] }, [1], subject)
    found('by nobody', { senders: [] }, [], subject)
    found('from a moment, inclusive', { from: firstOfMay + 7 * DAY_MS }, [7, 8, 9], subject)
    found('to a moment, inclusive', { to: firstOfMay + 2 * DAY_MS }, [1, 2], subject)
    found('between, and it may be nothing', { from: firstOfMay + 2 * DAY_MS + 1, to: firstOfMay + 3 * DAY_MS - 1 }, [], subject)
    found('by conversation', { conversations: [documents[0]?.conversation ?? ''], clauses: [word('cake')] }, [3], subject)
    found('by a conversation that is not the asker’s', { conversations: [personNamed('elsewhere')] }, [], subject)
    found('several times the same word is one', { clauses: [word('cake'), word('cake')] }, [3], subject)
  })
}
