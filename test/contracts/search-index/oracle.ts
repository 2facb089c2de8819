import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memorySearchIndex } from '../../../adapters/memory/search-index.js'
import type { Clause, IndexChange, SearchHits, SearchQuery } from '../../../events/search/index-port.js'
import { words as normalised } from '../../../events/search/normalise.js'
import { aDocument, blind, contentsOf, conversationNamed, DAY_MS, filled, firstOfMay, personNamed, phrase, prefix, put, remove, right, text, tokenOf, word, type OpenSearchIndex } from './documents.js'

const vocabulary = ['a', 'an', 'and', 'ant', 'antenna', 'antennae', 'meet', 'meat', 'metal', 'mental', 'birthday', 'brithday', 'birthdays', '東', '京', 'über', '👍', '42', 'oδος']
const words = fc.array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 6 })
const rooms = ['red', 'green', 'blue'] as const
const people = ['ada', 'ben', 'cleo'] as const
const room = fc.constantFrom(...rooms)

const changeOf = (prefixOfRun: string) => fc.record({
  room, sequence: fc.nat(12), later: fc.nat(6), op: fc.constantFrom('words', 'words', 'words', 'tokens', 'remove'), written: words,
}).map(({ room: of, sequence, later, op, written }): IndexChange => {
  // Of one message everything but the words stays as it was.
  const document = aDocument(`${prefixOfRun} ${of}`, sequence, op === 'tokens' ? blind(...new Set(written)) : text(written.join(' ')), {
    sender: personNamed(people[sequence % people.length] ?? people[0]), sentAt: firstOfMay + Math.floor(sequence / 3) * DAY_MS,
  })
  return op === 'remove' ? remove(document, sequence + later + 1) : put(document, sequence + later)
})

const clause: fc.Arbitrary<Clause> = fc.oneof(
  fc.constantFrom(...vocabulary, 'met', 'brthday', 'antena').map((one) => word(normalised(one)[0] ?? one)),
  fc.array(fc.constantFrom(...vocabulary), { minLength: 2, maxLength: 3 }).map((all) => phrase(all.join(' '))),
  fc.constantFrom('an', 'me', 'b', 'antenn').map(prefix))

const questionOf = (prefixOfRun: string): fc.Arbitrary<SearchQuery> => fc.record({
  clauses: fc.array(clause, { maxLength: 2 }),
  tokens: fc.option(fc.record({ match: fc.constantFrom('all' as const, 'any' as const), tokens: words.map((all) => [...new Set(all)].map(tokenOf)) }), { nil: undefined }),
  typos: fc.boolean(),
  senders: fc.option(fc.subarray([...people]).map((all) => all.map(personNamed)), { nil: undefined }),
  conversations: fc.option(fc.subarray([...rooms]).map((all) => all.map((of) => conversationNamed(`${prefixOfRun} ${of}`))), { nil: undefined }),
  from: fc.option(fc.nat(4).map((day) => firstOfMay + day * DAY_MS), { nil: undefined }),
  to: fc.option(fc.nat(4).map((day) => firstOfMay + day * DAY_MS), { nil: undefined }),
  allowed: fc.subarray([...rooms]).chain((some) => fc.tuple(...some.map((of) => fc.record({
    conversation: fc.constant(conversationNamed(`${prefixOfRun} ${of}`)),
    visible: fc.constantFrom([{ from: 0, to: undefined }], [{ from: 2, to: 5 }, { from: 8, to: undefined }], [{ from: 6, to: 6 }], []),
  })))),
  order: fc.constantFrom('recency' as const, 'sender' as const, 'relevance' as const),
  after: fc.constant(undefined),
  limit: fc.integer({ min: 1, max: 40 }),
})

/** What both must agree on: the order too, unless it is by scores; then the set, which only a whole page shows. */
const comparable = ({ order, limit }: SearchQuery, { hits, total, more }: SearchHits) => {
  const places = hits.map(({ conversation, sequence, messageId, sender, sentAt }) => [conversation, sequence, messageId, sender, sentAt].join(' '))
  return { total, more, places: order !== 'relevance' ? places : total <= limit ? places.toSorted() : places.length }
}

/** Random changes in random batches, then random questions: the same hits as a look at every document. */
export const agreesWithOracle = (open: () => Promise<OpenSearchIndex>, { corpora, questions }: { readonly corpora: number; readonly questions: number }): void => {
  describe('S1, S2, S3, S8, S11: answers as a naive index in memory does', () => {
    it(`${corpora} random corpora, ${questions} questions each`, async () => {
      const [{ index, close }, oracle] = [await open(), memorySearchIndex()]
      let run = 0
      const everyQuestion = async (size: number, batch: number, seed: number) => {
        const name = `corpus ${(run += 1)}`
        const changes = fc.sample(changeOf(name), { numRuns: size, seed })
        for (let from = 0; from < changes.length; from += batch) await right(index.apply(changes.slice(from, from + batch)))
        await right(index.refresh())
        await filled(oracle, changes)
        for (const asked of fc.sample(questionOf(name), { numRuns: questions, seed })) {
          const [answer, expected] = [await right(index.search(asked)), await right(oracle.search(asked))]
          expect({ asked, ...comparable(asked, answer) }).toEqual({ asked, ...comparable(asked, expected) })
        }
      }
      try {
        await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 1, max: 40 }), fc.integer(), everyQuestion), { numRuns: corpora, endOnFailure: true })
        expect(await contentsOf(index)).toEqual(await contentsOf(oracle))
      } finally {
        await close()
      }
    })
  })
}
