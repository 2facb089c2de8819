import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SearchIndex, SearchQuery } from '../../../events/search/index-port.js'
import { aDocument, blind, conversationNamed, filled, prefix, put, question, right, sequencesOf, text, tokenOf, word } from './documents.js'

/** The membership filter: nothing beyond it is found, counted or told of. */
export const visibility = (subject: () => SearchIndex): void => {
  describe('S8: there is nothing beyond what the asker may see', () => {
    it('sequences within the intervals only, both ends included', async () => {
      const of = 'intervals'
      await filled(subject(), Array.from({ length: 12 }, (_, sequence) => put(aDocument(of, sequence, text('common')))))
      const ask = async (visible: SearchQuery['allowed'][number]['visible']) =>
        right(subject().search(question([], { clauses: [word('common')], allowed: [{ conversation: conversationNamed(of), visible }] })))
      expect(sequencesOf(await ask([{ from: 2, to: 4 }, { from: 9, to: undefined }]))).toEqual([11, 10, 9, 4, 3, 2])
      expect(await ask([{ from: 3, to: 3 }])).toMatchObject({ total: 1, more: false })
      expect(await ask([])).toEqual({ hits: [], total: 0, more: false })
    })

    it('a former member finds nothing by an edit after its time', async () => {
      const of = 'edited afterwards'
      await filled(subject(), [put(aDocument(of, 3, text('secret'))), put(aDocument(of, 3, text('secret revised')), 8)])
      const ask = async (to: number | undefined, asked: string) =>
        sequencesOf(await right(subject().search(question([], { clauses: [word(asked)], allowed: [{ conversation: conversationNamed(of), visible: [{ from: 0, to }] }] }))))
      expect([await ask(7, 'revised'), await ask(7, 'secret'), await ask(8, 'revised'), await ask(undefined, 'secret')]).toEqual([[], [], [3], [3]])
    })

    it('who is a member of nothing finds nothing', async () => {
      expect(await right(subject().search(question([])))).toEqual({ hits: [], total: 0, more: false })
    })

    it('answers are the same, byte for byte, whatever others write', async () => {
      const mine = 'outsider'
      await filled(subject(), ['tomato soup', 'tomatoes', 'potato tomato', 'salad'].map((written, at) => put(aDocument(mine, at, text(written)))))
      await filled(subject(), [put(aDocument(mine, 5, blind('tomato')))])
      const questions = (['recency', 'relevance', 'sender'] as const).flatMap((order) => [
        question([mine], { order, clauses: [word('tomato')] }), question([mine], { order, clauses: [word('tomato')], typos: true }),
        question([mine], { order, clauses: [prefix('to')], limit: 1 }), question([mine], { order }), question([mine], { order, tokens: { match: 'any', tokens: [tokenOf('tomato')] } }),
      ])
      const transcript = async () => JSON.stringify(await Promise.all(questions.map((asked) => right(subject().search(asked)))))
      const before = await transcript()
      const written = fc.array(fc.constantFrom('tomato', 'tomatos', 'soup', 'topaz', 'tomoto', 'salad', 'tomatoes'), { minLength: 1, maxLength: 6 })
      for (const [run, foreign] of fc.sample(fc.array(written, { minLength: 1, maxLength: 30 }), 5).entries()) {
        await filled(subject(), foreign.flatMap((all, at) => [
          put(aDocument(`foreign ${run}`, at, text(all.join(' ')))), put(aDocument(`foreign and blind ${run}`, at, blind(...new Set(all)))),
        ]))
        expect(await transcript()).toBe(before)
      }
    })
  })
}
