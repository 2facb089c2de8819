import { describe, expect, it } from 'vitest'
import { aDocument, blind, conversationNamed, filled, put, question, remove, right, sequencesOf, text, word, type OpenSearchIndex, contentsOf } from './documents.js'
import type { SearchIndex } from '../../../events/search/index-port.js'

/** What edits, deletions, repetitions and late changes lead to. */
export const changing = (subject: () => SearchIndex): void => {
  const find = async (of: string, asked: string, typos = false) => sequencesOf(await right(subject().search(question([of], { clauses: [word(asked)], typos }))))

  describe('S11: edited and deleted at once', () => {
    it('an edited message is found by its new words only', async () => {
      const of = 'edited'
      await filled(subject(), [put(aDocument(of, 1, text('original wording')))])
      await filled(subject(), [put(aDocument(of, 1, text('corrected wording')), 5)])
      expect([await find(of, 'original'), await find(of, 'corrected'), await find(of, 'wording')]).toEqual([[], [1], [1]])
      expect(await find(of, 'origimal', true)).toEqual([])
    })

    it('a deleted message is not found', async () => {
      const of = 'deleted'
      const document = aDocument(of, 1, text('ephemeral'))
      await filled(subject(), [put(document)])
      await filled(subject(), [remove(document, 2)])
      expect([await find(of, 'ephemeral'), await find(of, 'ephemerak', true)]).toEqual([[], []])
    })

    it('sent, edited and deleted in one batch', async () => {
      const of = 'one batch'
      const [one, other] = [aDocument(of, 1, text('first')), aDocument(of, 2, text('second'))]
      await filled(subject(), [put(one), put(other), put(aDocument(of, 1, text('third')), 3), remove(other, 4)])
      expect([await find(of, 'first'), await find(of, 'second'), await find(of, 'third')]).toEqual([[], [], [1]])
    })

    it('a message may change between words and tokens', async () => {
      const of = 'modes'
      await filled(subject(), [put(aDocument(of, 1, text('plain')))])
      await filled(subject(), [put(aDocument(of, 1, blind('plain')), 2)])
      expect(await find(of, 'plain')).toEqual([])
    })
  })

  describe('of two changes of a message the higher version stands', () => {
    it('late and repeated changes are nothing', async () => {
      const of = 'late'
      const [document, edited] = [aDocument(of, 1, text('before')), aDocument(of, 1, text('after'))]
      await filled(subject(), [put(edited, 7)])
      await filled(subject(), [put(document, 1), put(edited, 7)])
      expect([await find(of, 'before'), await find(of, 'after')]).toEqual([[], [1]])
      await filled(subject(), [remove(document, 9)])
      await filled(subject(), [put(document, 1), put(edited, 7), remove(document, 9)])
      expect([await find(of, 'before'), await find(of, 'after')]).toEqual([[], []])
    })

    it('a removal that comes first', async () => {
      const document = aDocument('removed first', 1, text('never'))
      await filled(subject(), [remove(document, 3)])
      await filled(subject(), [put(document, 1)])
      expect(await find('removed first', 'never')).toEqual([])
    })

    it('of the same event the removal stands, whichever comes last', async () => {
      const of = 'forgotten meanwhile'
      const [one, other, both] = [aDocument(of, 1, text('gone')), aDocument(of, 2, text('gone')), aDocument(of, 3, text('gone'))]
      await filled(subject(), [put(one), remove(other, 2), put(both), remove(both, 3)])
      await filled(subject(), [remove(one, 1), put(other)])
      expect(await find(of, 'gone')).toEqual([])
    })

    it('nothing to apply is nothing', () => filled(subject(), []))
  })
}

/** A rebuild beside the live index, on an index of its own. */
export const rebuilding = (open: () => Promise<OpenSearchIndex>): void => {
  describe('a rebuild', () => {
    const of = 'rebuilt'
    const [one, other] = [aDocument(of, 1, text('old one')), aDocument(of, 2, text('new one'))]
    const asked = question([of], { clauses: [word('one')] })

    it('is seen by nobody before the swap, and whole after it', async () => {
      const { index, close } = await open()
      try {
        await filled(index, [put(one)])
        const rebuild = await right(index.startRebuild())
        await right(rebuild.apply([put(other), put(aDocument(of, 3, blind('one')))]))
        await right(index.refresh())
        expect(sequencesOf(await right(index.search(asked)))).toEqual([1])
        const filledUp = []
        for await (const { document, version } of rebuild.documents()) filledUp.push([document.sequence, version])
        expect(filledUp.sort()).toEqual([[2, 2], [3, 3]])
        await right(rebuild.swap())
        await rebuild.abandon()
        expect(sequencesOf(await right(index.search(asked)))).toEqual([2])
        expect(await contentsOf(index)).toHaveLength(2)
        await filled(index, [put(aDocument(of, 4, text('one more')))])
        expect(sequencesOf(await right(index.search(asked)))).toEqual([4, 2])
      } finally {
        await close()
      }
    })

    it('that is abandoned, or cut off, leaves nothing', async () => {
      const { index, close } = await open()
      try {
        await filled(index, [put(one)])
        const cutOff = await right(index.startRebuild())
        await right(cutOff.apply([put(other)]))
        const abandoned = await right(index.startRebuild())
        await abandoned.abandon()
        await abandoned.abandon()
        expect(sequencesOf(await right(index.search(asked)))).toEqual([1])
        const third = await right(index.startRebuild())
        await right(third.swap())
        expect(await right(index.search({ ...asked, allowed: [{ conversation: conversationNamed(of), visible: [{ from: 0, to: undefined }] }] }))).toMatchObject({ hits: [], total: 0 })
      } finally {
        await close()
      }
    })
  })
}
