import { beforeAll, describe, expect, it } from 'vitest'
import type { SearchHit, SearchIndex, SearchOrder, SearchPosition, SearchQuery } from '../../../events/search/index-port.js'
import { aDocument, DAY_MS, filled, firstOfMay, personNamed, put, question, right, text, word } from './documents.js'

const rooms = ['ordering one', 'ordering two'] as const
const people = ['ada', 'ben', 'cleo'].map(personNamed)

// Several are sent in the same millisecond, by the same person: only the whole order tells them apart.
const documents = Array.from({ length: 40 }, (_, at) =>
  aDocument(rooms[at % 2] ?? rooms[0], at, text(`apple ${'apple '.repeat(at % 3)}${'pear '.repeat(at % 5)}`), {
    sender: people[at % 3] ?? '', sentAt: firstOfMay + Math.floor(at / 8) * DAY_MS,
  }))

const places = (hits: ReadonlyArray<SearchPosition>) => hits.map(({ conversation, sequence }) => `${conversation} ${sequence}`)

const pageByPage = async (index: SearchIndex, asked: SearchQuery, limit: number): Promise<ReadonlyArray<SearchHit>> => {
  const found: SearchHit[] = []
  for (let after: SearchPosition | undefined; ;) {
    const page = await right(index.search({ ...asked, after, limit }))
    expect(page.total).toBe(documents.length)
    found.push(...page.hits)
    after = page.hits.at(-1)
    if (!page.more) return found
    expect(page.hits).toHaveLength(limit)
  }
}

const byRecency = (one: SearchPosition, other: SearchPosition): number =>
  other.sentAt - one.sentAt || (one.conversation < other.conversation ? 1 : one.conversation > other.conversation ? -1 : other.sequence - one.sequence)

const orders: Readonly<Record<SearchOrder, (one: SearchPosition, other: SearchPosition) => number>> = {
  recency: byRecency,
  sender: (one, other) => (one.sender < other.sender ? -1 : one.sender > other.sender ? 1 : byRecency(one, other)),
  relevance: (one, other) => other.score - one.score || byRecency(one, other),
}

/** In which order hits come, and that pages are pieces of it. */
export const ordering = (subject: () => SearchIndex): void => {
  describe('S3: three orders, each total', () => {
    beforeAll(() => filled(subject(), documents.map((document) => put(document))))
    const asked = (order: SearchOrder) => question(rooms, { order, clauses: [word('apple')] })

    it.each(['recency', 'sender', 'relevance'] as const)('%s', async (order) => {
      const { hits } = await right(subject().search(asked(order)))
      expect(hits).toHaveLength(documents.length)
      expect(places(hits)).toEqual(places(hits.toSorted(orders[order])))
    })

    it.each(['recency', 'sender', 'relevance'] as const)('%s, in pages of 7: nothing twice, nothing left out', async (order) => {
      const { hits } = await right(subject().search(asked(order)))
      expect(places(await pageByPage(subject(), asked(order), 7))).toEqual(places(hits))
    })

    it('a word that comes more often in an equally long message is more relevant', async () => {
      const room = 'ordering relevance'
      await filled(subject(), ['plum fig fig fig', 'plum plum plum fig', 'plum plum fig fig'].map((written, at) => put(aDocument(room, at, text(written)))))
      const { hits } = await right(subject().search(question([room], { order: 'relevance', clauses: [word('plum')] })))
      expect(hits.map(({ sequence }) => sequence)).toEqual([1, 2, 0])
    })

    it('the word itself is more relevant than one that is meant', async () => {
      const room = 'ordering typos'
      await filled(subject(), ['grape', 'grapes', 'grape'].map((written, at) => put(aDocument(room, at, text(written)))))
      const { hits } = await right(subject().search(question([room], { order: 'relevance', clauses: [word('grapes')], typos: true })))
      expect(hits.map(({ sequence }) => sequence)).toEqual([1, 2, 0])
    })
  })
}
